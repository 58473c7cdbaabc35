package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TCP_CONNECT: looks the name up, tries its addresses one after the other, and hands the socket to its channel. */
final class TcpConnect extends PendingRequest {
    private static final int PORT_MAX = 65_535;

    private final Arguments args;
    private @Nullable TcpChannelBridge bridge;
    private @Nullable Bootstrap sockets;
    private @Nullable ChannelFuture attempt;
    private Iterator<InetAddress> addresses = List.<InetAddress>of().iterator();
    private int port;

    TcpConnect(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        int channel = args.integer("channel", 0, DeviceSession.CHANNEL_MAX);
        Object destination = args.nameOrAddress("name");
        port = args.integer("port", 0, PORT_MAX);
        int credit = args.integer("credit", 0, DeviceSession.CREDIT_BYTES_MAX);
        Map<?, ?> options = args.map("options");
        Bootstrap sockets = session.socketsFor(channel);
        TcpOptions.apply(options, sockets);
        // Sockets have no handler before they are connected: the channel's joins then.
        this.sockets = sockets.handler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel socket) {}
        });
        bridge = session.reserve(channel, credit);
        if (destination instanceof InetAddress address) {
            tryAll(List.of(address));
        } else {
            String name = (String) destination;
            session.lookup(name).addListener((Future<List<InetAddress>> found) -> {
                if (isOver()) {
                    return;
                }
                if (found.isSuccess()) {
                    tryAll(found.getNow());
                } else {
                    refuse(DeviceException.ofLookup(name, found.cause()));
                }
            });
        }
    }

    private void tryAll(List<InetAddress> found) {
        addresses = found.iterator();
        tryNext(new DeviceException(ErrorCode.NAME_NOT_FOUND, "no address"));
    }

    private void tryNext(DeviceException lastFailure) {
        Bootstrap sockets = this.sockets;
        if (sockets == null || !addresses.hasNext()) {
            refuse(lastFailure);
            return;
        }
        ChannelFuture connecting = sockets.connect(new InetSocketAddress(addresses.next(), port));
        attempt = connecting;
        connecting.addListener((ChannelFuture connected) -> {
            if (isOver()) {
                connected.channel().close();
            } else if (connected.isSuccess()) {
                open((SocketChannel) connected.channel());
            } else {
                tryNext(DeviceException.ofSocket(connected.cause()));
            }
        });
    }

    private void open(SocketChannel socket) {
        TcpChannelBridge bridge = this.bridge;
        if (bridge == null) {
            throw new IllegalStateException("connected before it was started");
        }
        InetSocketAddress local = socket.localAddress();
        InetSocketAddress remote = socket.remoteAddress();
        succeed(
                local.getAddress().getAddress(),
                local.getPort(),
                remote.getAddress().getAddress(),
                remote.getPort(),
                bridge.firstCredit());
        bridge.open(socket);
    }

    private void refuse(DeviceException why) {
        releaseChannel();
        fail(why);
    }

    @Override
    void abandon() {
        if (attempt != null) {
            attempt.channel().close();
        }
        releaseChannel();
    }

    private void releaseChannel() {
        if (bridge != null) {
            session.free(bridge);
            bridge = null;
        }
    }
}
