package dev.uartnet.esp32;

import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** UDP_BIND: binds a socket, and hands it to its channel. */
final class UdpBind extends PendingRequest {
    private static final int PORT_MAX = 65_535;

    private final Arguments args;
    private @Nullable DatagramBridge bridge;
    private @Nullable DatagramSocket socket;

    UdpBind(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        int channel = args.integer("channel", 0, DeviceSession.CHANNEL_MAX);
        InetAddress address = args.localAddress("address");
        int port = args.integer("port", 0, PORT_MAX);
        int credit = args.integer("credit", 0, DeviceSession.CREDIT_MAX);
        RequestOptions options = args.options();
        Map<ChannelOption<?>, Object> own = options.ofSocket(SocketOption.OF_DATAGRAMS);
        options.end();

        DatagramBridge bridge = new DatagramBridge(session, channel, credit);
        session.channels().open(bridge);
        this.bridge = bridge;
        try {
            bind(bridge, session.sockets().datagrams(address, own), new InetSocketAddress(address, port));
        } catch (DeviceException e) {
            stop(e);
        }
    }

    private void bind(DatagramBridge bridge, DatagramSocket socket, InetSocketAddress address) {
        this.socket = socket;
        socket.channel().bind(address).addListener(bound -> {
            if (isOver()) {
                return; // and abandoned
            }
            if (bound.isSuccess()) {
                InetSocketAddress local = socket.channel().localAddress();
                succeed(local.getAddress().getAddress(), local.getPort(), bridge.firstCredit(), bridge.largest());
                bridge.open(socket);
            } else {
                stop(DeviceException.ofSocket(bound.cause()));
            }
        });
    }

    @Override
    void abandon() {
        if (socket != null) {
            socket.channel().close();
        }
        if (bridge != null) {
            session.channels().remove(bridge);
        }
    }
}
