package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * A device's sockets as plain {@code Mono} and {@code Flux}: {@link ProxyNetwork#sockets()}. Immutable: {@code connectTimeout} and {@code
 * option} return another one.
 *
 * <pre>{@code
 * device.sockets().connect("example.org", 7)   // Mono<ProxyConnection>
 * device.sockets().listen(8080)                // Mono<ProxyListener>
 * device.sockets().accept(8080)                // Flux<ProxyConnection>
 * device.sockets().udp(0)                      // Mono<ProxyDatagramSocket>
 * }</pre>
 *
 * <p><b>Cancelling</b> closes what a subscription has opened, on the device, too, at whatever moment it comes; a connection is reset then. What was
 * emitted belongs to its receiver, who closes it; {@code Mono.usingWhen(sockets.connect(...), use, ProxyConnection::close)} does so in every
 * case. If a subscription is still cancelled when its connection was emitted (by {@code flatMap}, {@code zip}, {@code timeout}, whose own subscriber
 * went away), that closes it, too: nothing is lost between two operators.
 *
 * <p><b>Errors.</b> {@link java.net.ConnectException}, {@link io.netty.channel.ConnectTimeoutException}, {@link
 * java.net.UnknownHostException}, {@link java.net.BindException}, {@link java.net.SocketException} and so on, with what the device said (see {@link
 * ProxySocketChannel}); {@link LinkLostException}; {@link RejectedExecutionException} if the event loops have shut down.
 */
public final class ProxySockets {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private static final Set<ChannelOption<?>> LISTENER_OPTIONS = Set.of(
            ChannelOption.SO_BACKLOG,
            ChannelOption.SO_REUSEADDR,
            ChannelOption.SO_RCVBUF,
            ProxyChannelOption.DEVICE_TLS);
    private static final Set<ChannelOption<?>> DATAGRAM_OPTIONS = Set.of(
            ChannelOption.SO_BROADCAST, ChannelOption.SO_REUSEADDR, ChannelOption.SO_RCVBUF, ChannelOption.SO_SNDBUF);

    private final ProxyNetwork network;
    private final LoopResources loops;
    private final Duration connectTimeout;
    private final Map<ChannelOption<?>, Object> options;

    ProxySockets(ProxyNetwork network, LoopResources loops) {
        this(network, loops, CONNECT_TIMEOUT, Map.of());
    }

    private ProxySockets(
            ProxyNetwork network, LoopResources loops, Duration connectTimeout, Map<ChannelOption<?>, Object> options) {
        this.network = network;
        this.loops = loops;
        this.connectTimeout = connectTimeout;
        this.options = options;
    }

    /**
     * How long connect, listen and udp may take, waiting for a session included; default 30 s, resolution 1 ms. Resolving a name before that
     * has the {@link ProxyConnector#requestTimeout request timeout}.
     */
    public ProxySockets connectTimeout(Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the connect timeout must be 1 ms to 24 days: " + timeout);
        }
        return new ProxySockets(network, loops, timeout, options);
    }

    /**
     * An option of the sockets that have it: of connections, those that are opened and those that come in ({@link ProxySocketChannelConfig}), of
     * listeners ({@link ProxyServerSocketChannelConfig}), of datagram sockets ({@link ProxyDatagramChannelConfig}).
     *
     * @throws RuntimeException if none of them takes it, or not with this value; what Netty's own {@code setOption} throws
     */
    public <T> ProxySockets option(ChannelOption<T> option, T value) {
        if (option == ChannelOption.AUTO_READ || option == ChannelOption.ALLOW_HALF_CLOSURE) {
            throw new IllegalArgumentException(
                    option + " is set: reads follow demand, and each direction ends by itself");
        }
        requireTaken(option, value);
        Map<ChannelOption<?>, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new ProxySockets(network, loops, connectTimeout, Collections.unmodifiableMap(more));
    }

    /** Tries it on sockets that are never opened. */
    private <T> void requireTaken(ChannelOption<T> option, T value) {
        RuntimeException refusal = new IllegalArgumentException(
                "no socket of the device has the option " + option + " with the value " + value);
        for (Supplier<Channel> channels : List.<Supplier<Channel>>of(
                () -> new ProxySocketChannel(network), network::newListener, () -> new ProxyDatagramChannel(network))) {
            try {
                if (channels.get().config().setOption(option, value)) {
                    return;
                }
            } catch (RuntimeException e) {
                refusal = e;
            }
        }
        throw refusal;
    }

    // ---- TCP

    /**
     * Connects to a port.
     *
     * @param host a name, which the device resolves, or an address in figures
     * @param port 1 to 65,535
     * @return one connection for each subscription
     */
    public Mono<ProxyConnection> connect(String host, int port) {
        return connect(InetSocketAddress.createUnresolved(host, port));
    }

    /** As {@link #connect(String, int)}. */
    public Mono<ProxyConnection> connect(InetSocketAddress address) {
        return new ChannelMono<>(() -> {
            ProxyConnection connection = new ProxyConnection();
            Bootstrap bootstrap = bootstrap(
                    () -> new ProxySocketChannel(network),
                    loops.onClient(LoopResources.DEFAULT_NATIVE),
                    connection.handler());
            bootstrap.option(ChannelOption.ALLOW_HALF_CLOSURE, true);
            setOptions(bootstrap, option -> option != ChannelOption.SO_BACKLOG && option != ChannelOption.SO_BROADCAST);
            return new ChannelMono.Opening<>(bootstrap.connect(address), connection);
        });
    }

    /**
     * Listens on all IPv4 addresses of the device. The sockets of a {@link ProxyPool} do not listen: they fail with {@link
     * UnsupportedOperationException}, as it must be said on which board.
     *
     * @param port 1 to 65,535, or 0 for any free one
     * @return one listener for each subscription; emits it when the device listens
     */
    public Mono<ProxyListener> listen(int port) {
        return listen(new InetSocketAddress("0.0.0.0", port));
    }

    /**
     * Listens on one address of the device.
     *
     * @param address resolved
     * @return as {@link #listen(int)}
     */
    public Mono<ProxyListener> listen(InetSocketAddress address) {
        return new ChannelMono<>(() -> {
            ProxyListener listener = new ProxyListener(loops.onServer(LoopResources.DEFAULT_NATIVE), this::setOptions);
            Bootstrap bootstrap = bootstrap(
                    network::newListener, loops.onServerSelect(LoopResources.DEFAULT_NATIVE), listener.handler());
            setOptions(bootstrap, LISTENER_OPTIONS::contains);
            return new ChannelMono.Opening<>(bootstrap.bind(address), listener);
        });
    }

    /**
     * Listens, and emits the connections that come in: {@link #listen(int)} and {@link ProxyListener#accept} in one, for a port that is known.
     * Cancelling closes the listener; the connections that were emitted live on.
     */
    public Flux<ProxyConnection> accept(int port) {
        return listen(port).flatMapMany(ProxyListener::accept);
    }

    // ---- UDP

    /**
     * Binds a UDP socket to all IPv4 addresses of the device.
     *
     * @param port 1 to 65,535, or 0 for any free one
     * @return one socket for each subscription
     */
    public Mono<ProxyDatagramSocket> udp(int port) {
        return udp(new InetSocketAddress("0.0.0.0", port));
    }

    /**
     * Binds a UDP socket to one address of the device.
     *
     * @param address resolved
     * @return as {@link #udp(int)}
     */
    public Mono<ProxyDatagramSocket> udp(InetSocketAddress address) {
        return new ChannelMono<>(() -> {
            ProxyDatagramSocket socket = new ProxyDatagramSocket(network);
            Bootstrap bootstrap = bootstrap(
                    () -> new ProxyDatagramChannel(network),
                    loops.onClient(LoopResources.DEFAULT_NATIVE),
                    socket.handler());
            setOptions(bootstrap, DATAGRAM_OPTIONS::contains);
            return new ChannelMono.Opening<>(bootstrap.bind(address), socket);
        });
    }

    // ---- channels

    private Bootstrap bootstrap(Supplier<Channel> channels, EventLoopGroup group, ChannelHandler handler) {
        if (group.isShuttingDown()) {
            throw new RejectedExecutionException("cannot open a socket: its event loops have shut down");
        }
        return new Bootstrap()
                .group(group)
                .channelFactory(channels::get)
                .resolver(network.resolver())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .handler(handler);
    }

    @SuppressWarnings("unchecked")
    private void setOptions(Bootstrap bootstrap, Predicate<ChannelOption<?>> applies) {
        options.forEach((option, value) -> {
            if (applies.test(option)) {
                bootstrap.option((ChannelOption<Object>) option, value);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private void setOptions(Channel accepted) {
        accepted.config().setOption(ChannelOption.AUTO_READ, false);
        accepted.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        options.forEach((option, value) -> {
            if (option != ProxyChannelOption.DEVICE_TLS) { // the listener's
                accepted.config().setOption((ChannelOption<Object>) option, value);
            }
        });
    }
}
