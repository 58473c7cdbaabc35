package dev.uartnet.esp32;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TCP_LISTEN: binds a socket, and hands it to its channel. */
final class TcpListen extends PendingRequest {
    private static final int PORT_MAX = 65_535;

    private final Arguments args;
    private @Nullable TcpListener listener;
    private @Nullable ServerSocketChannel socket;

    TcpListen(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        int channel = args.integer("channel", 0, DeviceSession.CHANNEL_MAX);
        InetAddress address = args.localAddress("address");
        int port = args.integer("port", 0, PORT_MAX);
        int backlog = args.integer("backlog", 0, Integer.MAX_VALUE);
        int credit = args.integer("credit", 0, DeviceSession.CREDIT_MAX);
        RequestOptions options = args.options();
        int hostCredit = options.integer("credit", 0, DeviceSession.CREDIT_MAX, 0);
        Map<ChannelOption<?>, Object> own = options.ofSocket(SocketOption.OF_LISTENER);
        Map<ChannelOption<?>, Object> accepted = options.ofSocket(SocketOption.OF_ACCEPTED);
        options.end();
        own.putIfAbsent(ChannelOption.SO_REUSEADDR, true);
        Object receiveBuffer = accepted.get(ChannelOption.SO_RCVBUF);
        if (receiveBuffer != null) {
            own.put(
                    ChannelOption.SO_RCVBUF,
                    receiveBuffer); // TCP's window is agreed on before a connection is accepted
        }
        if (backlog > 0) {
            own.put(ChannelOption.SO_BACKLOG, backlog);
        }

        TcpListener listener = new TcpListener(session, channel, credit, hostCredit, accepted);
        session.channels().open(listener);
        this.listener = listener;
        try {
            bind(listener, session.sockets().listener(address, own), new InetSocketAddress(address, port));
        } catch (DeviceException e) {
            refuse(e);
        }
    }

    private void bind(TcpListener listener, ServerSocketChannel socket, InetSocketAddress address) {
        this.socket = socket;
        socket.bind(address).addListener(bound -> {
            if (isOver()) {
                return; // and abandoned
            }
            if (bound.isSuccess()) {
                InetSocketAddress local = socket.localAddress();
                succeed(local.getAddress().getAddress(), local.getPort());
                listener.open(socket);
            } else {
                refuse(DeviceException.ofSocket(bound.cause()));
            }
        });
    }

    private void refuse(DeviceException why) {
        abandon();
        fail(why);
    }

    @Override
    void abandon() {
        if (socket != null) {
            socket.close();
        }
        if (listener != null) {
            session.channels().remove(listener);
        }
    }
}
