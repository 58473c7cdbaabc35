package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * TCP_CONNECT, TLS_CONNECT: looks the name up, tries its addresses one after the other, and hands the socket, when TLS's handshake is
 * done, to its channel.
 */
final class TcpConnect extends PendingRequest {
    private static final int PORT_MAX = 65_535;
    private static final int TIMEOUT_MILLIS = 30_000;

    private static final int OPTIONS = 4;

    private final Arguments args;
    private final boolean secure;
    private @Nullable TlsClient tls;
    private @Nullable SslContext context;
    private @Nullable TcpChannelBridge bridge;
    private @Nullable SocketChannel attempt;
    private @Nullable InetSocketAddress local;
    private Map<ChannelOption<?>, Object> options = Map.of();
    private Iterator<InetAddress> addresses = List.<InetAddress>of().iterator();
    private int port;
    private int timeoutMillis;

    TcpConnect(DeviceSession session, int id, Arguments args, boolean secure) {
        super(session, id);
        this.args = args;
        this.secure = secure;
        if (secure) {
            args.takeBlobs(OPTIONS, session.blobs(), TlsClient.BLOBS);
        }
    }

    @Override
    void start() throws DeviceException {
        int channel = args.integer("channel", 0, DeviceSession.CHANNEL_MAX);
        Object destination = args.nameOrAddress("name");
        port = args.integer("port", 0, PORT_MAX);
        int credit = args.integer("credit", 0, DeviceSession.CREDIT_MAX);
        RequestOptions given = args.options();
        timeoutMillis = given.integer("connect_timeout_ms", 1, Integer.MAX_VALUE, TIMEOUT_MILLIS);
        InetAddress localAddress = given.address("local_address");
        int localPort = given.integer("local_port", 0, PORT_MAX, 0);
        if (localAddress != null || localPort > 0) {
            local = new InetSocketAddress(localAddress, localPort); // null: any
        }
        options = given.ofSocket(SocketOption.OF_CONNECTION);
        TlsClient tls = secure ? TlsClient.of(given, destination) : null;
        given.end();
        if (tls != null) {
            tls.check();
        }
        session.requireNetwork();
        TcpChannelBridge bridge = new TcpChannelBridge(session, channel, session.channelCredit(), credit);
        session.channels().open(bridge);
        this.bridge = bridge;
        if (tls == null) {
            find(destination);
            return;
        }
        this.tls = tls;
        session.tls().compute(session.loop(), tls::context).addListener((Future<SslContext> made) -> {
            if (isOver()) {
                return;
            }
            if (made.isSuccess()) {
                context = made.getNow();
                find(destination);
            } else {
                refuse(DeviceException.ofTls(made.cause()));
            }
        });
    }

    private void find(Object destination) {
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
        if (bridge == null || !addresses.hasNext()) {
            refuse(lastFailure);
            return;
        }
        InetSocketAddress remote = new InetSocketAddress(addresses.next(), port);
        SocketChannel socket;
        try {
            socket = session.sockets().connection(bridge.number(), options);
        } catch (DeviceException e) {
            refuse(e);
            return;
        }
        socket.config().setConnectTimeoutMillis(timeoutMillis);
        attempt = socket;
        long begun = System.nanoTime();
        socket.connect(remote, local).addListener(connected -> {
            if (!connected.isSuccess()) {
                socket.close();
            }
            if (isOver()) {
                return; // and abandoned
            }
            if (connected.isSuccess()) {
                onConnected(socket, begun);
            } else {
                tryNext(DeviceException.ofSocket(connected.cause()));
            }
        });
    }

    private void onConnected(SocketChannel socket, long begunNanos) {
        if (tls == null || context == null) {
            open(socket);
            return;
        }
        long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        SslHandler handler = tls.handler(context, socket.alloc(), session.tls().executor());
        TlsHandshake.begin(socket, handler, Math.max(1, timeoutMillis - passed), failure -> {
            if (isOver()) {
                return; // and abandoned
            }
            if (failure == null) {
                open(socket);
            } else {
                socket.close();
                refuse(failure);
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
    void networkLost(DeviceException why) {
        stop(why);
    }

    @Override
    void abandon() {
        if (attempt != null) {
            attempt.close();
        }
        releaseChannel();
    }

    private void releaseChannel() {
        if (bridge != null) {
            session.channels().remove(bridge);
            bridge = null;
        }
    }
}
