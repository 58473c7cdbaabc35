package dev.uartnet.esp32;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TCP_LISTEN, TLS_LISTEN: binds a socket, and hands it to its channel. */
final class TcpListen extends PendingRequest {
    private static final int PORT_MAX = 65_535;

    private static final int OPTIONS = 5;

    private final Arguments args;
    private final boolean secure;
    private @Nullable TcpListener listener;
    private @Nullable ServerSocketChannel socket;

    TcpListen(DeviceSession session, int id, Arguments args, boolean secure) {
        super(session, id);
        this.args = args;
        this.secure = secure;
        if (secure) {
            args.takeBlobs(OPTIONS, session.blobs(), TlsServer.BLOBS);
        }
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
        byte[] certificate = secure ? options.bytes("certificate") : null;
        byte[] key = secure ? options.bytes("key") : null;
        options.end();
        if (secure && certificate == null) {
            throw DeviceException.badRequest("certificate", "a server needs one");
        }
        if (secure && key == null) {
            throw DeviceException.badRequest("key", "a server needs one");
        }
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
        InetSocketAddress local = new InetSocketAddress(address, port);
        if (certificate == null || key == null) {
            bind(listener, local, own, null);
            return;
        }
        session.tls()
                .compute(session.loop(), () -> TlsServer.context(certificate, key))
                .addListener((Future<SslContext> made) -> {
                    if (isOver()) {
                        return;
                    }
                    if (made.isSuccess()) {
                        bind(
                                listener,
                                local,
                                own,
                                new TlsServer(made.getNow(), session.tls().executor()));
                    } else {
                        stop(DeviceException.ofTls(made.cause()));
                    }
                });
    }

    private void bind(
            TcpListener listener,
            InetSocketAddress local,
            Map<ChannelOption<?>, Object> options,
            @Nullable TlsServer tls) {
        ServerSocketChannel socket;
        try {
            socket = session.sockets().listener(local.getAddress(), options);
        } catch (DeviceException e) {
            stop(e);
            return;
        }
        this.socket = socket;
        socket.bind(local).addListener(bound -> {
            if (isOver()) {
                return; // and abandoned
            }
            if (bound.isSuccess()) {
                InetSocketAddress address = socket.localAddress();
                succeed(address.getAddress().getAddress(), address.getPort());
                listener.open(socket, tls);
            } else {
                stop(DeviceException.ofSocket(bound.cause()));
            }
        });
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
