package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.Operation;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * A device on a serial line, connected: its name resolution, its TCP sockets, and itself.
 *
 * <pre>{@code
 * ProxyClient.connect("/dev/ttyUSB0")
 *         .flatMapMany(device -> device.httpClient()
 *                 .get()
 *                 .uri("http://example.org/")
 *                 .responseContent()
 *                 .asString()
 *                 .doFinally(end -> device.dispose()))
 * }</pre>
 *
 * <p>One client serves any number of threads and sockets at once. Publishers are lazy; they signal on the link's event loop (sockets:
 * on their own), which must not be blocked; a cancelled subscription cancels the request on the device.
 *
 * <p><b>Errors</b> tell four cases apart. <i>The port cannot be opened</i>: the exception of the transport, from {@code connect}.
 * <i>The device does not answer</i>: {@link dev.uartnet.codec.link.NoAnswerException} (silent, garbage, or not our firmware) or
 * {@link dev.uartnet.codec.link.LinkResetException} (another version, busy), from {@code connect}. <i>The remote operation failed</i>:
 * {@link java.net.UnknownHostException}, {@link java.net.ConnectException} and so on (see {@link ProxySocketChannel}), else
 * {@link dev.uartnet.codec.request.RequestException}. <i>The link was lost</i>: {@link LinkLostException}, itself or as a cause.
 */
public final class ProxyClient implements Disposable {
    private static final int CONNECTIONS_MAX = 500;
    /** An idle connection of the pool holds one of the device's few sockets (an ESP32 has about ten). */
    private static final Duration POOL_IDLE_MAX = Duration.ofSeconds(10);

    private final Channel channel;
    private final boolean ownsChannel;
    private final Session session;
    private final ChannelMultiplexer multiplexer;
    private final Duration requestTimeout;
    private final LoopResources proxyLoops;
    private final ProxyAddressResolverGroup resolver = new ProxyAddressResolverGroup(this);
    private final ConnectionProvider pool;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private final LinkHandler link;
    private final LinkHealthSource health = new LinkHealthSource();
    private volatile boolean closing;
    private volatile boolean ended;

    ProxyClient(
            Channel channel,
            boolean ownsChannel,
            Session session,
            ChannelMultiplexer multiplexer,
            Duration requestTimeout,
            LoopResources loops) {
        this.channel = channel;
        this.ownsChannel = ownsChannel;
        this.session = session;
        this.multiplexer = multiplexer;
        this.requestTimeout = requestTimeout;
        this.proxyLoops = new ProxyLoopResources(this, loops);
        this.link = channel.pipeline().get(LinkHandler.class);
        health.started(link);
        this.pool = ConnectionProvider.builder("uartnet")
                .maxConnections(CONNECTIONS_MAX)
                .maxIdleTime(POOL_IDLE_MAX)
                .evictInBackground(POOL_IDLE_MAX)
                .build();
    }

    /**
     * Connects to the device on a serial port, with the defaults of {@link #connector()}.
     *
     * @param port the system's name for it: {@code /dev/ttyUSB0}, {@code COM3}
     */
    public static Mono<ProxyClient> connect(String port) {
        return connector().port(port).connect();
    }

    /**
     * Connects over a channel, with the defaults of {@link #connector()}; see {@link ProxyConnector#connect(Channel)}.
     *
     * @param channel carries bytes to the device and back; stays its owner's
     */
    public static Mono<ProxyClient> connect(Channel channel) {
        return connector().connect(channel);
    }

    /** Returns what a connection is configured with, all at its defaults. */
    public static ProxyConnector connector() {
        return ProxyConnector.DEFAULT;
    }

    // ---- operations of the device

    /**
     * Measures a round trip to the device and back.
     *
     * @return the time from subscription to answer; fails with {@link dev.uartnet.codec.request.RequestTimeoutException} after the
     *     {@link ProxyConnector#requestTimeout request timeout}
     */
    public Mono<Duration> ping() {
        return ping(new byte[0]);
    }

    /**
     * Measures a round trip that carries bytes, and checks that they come back unchanged.
     *
     * @param payload at most about 1,000 bytes (the session's largest payload less 20)
     * @return as {@link #ping()}
     */
    public Mono<Duration> ping(byte[] payload) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return request(Operation.PING, payload).map(results -> {
                if (results.isEmpty() || !(results.get(0) instanceof byte[] echo) || !Arrays.equals(echo, payload)) {
                    throw violated("the device answered a ping with other bytes");
                }
                return Duration.ofNanos(System.nanoTime() - start);
            });
        });
    }

    /** Asks the device about itself. */
    public Mono<DeviceInfo> info() {
        return request(Operation.INFO).map(results -> {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            if (!results.isEmpty() && results.get(0) instanceof Map<?, ?> map) {
                map.forEach((key, value) -> all.put(String.valueOf(key), value));
            }
            return DeviceInfo.of(all);
        });
    }

    /**
     * Resolves a name by the device.
     *
     * @param host a name, or an address in figures, which is returned as it is
     * @return its addresses, IPv4 or IPv6, in the device's order of preference; at least one, else it fails with
     *     {@link UnknownHostException}
     */
    public Flux<InetAddress> resolve(String host) {
        return Flux.defer(() -> {
            byte[] figures = NetUtil.createByteArrayFromIpAddressString(host);
            if (figures != null) {
                return Flux.just(address(host, figures));
            }
            return request(Operation.RESOLVE, host, 0)
                    .onErrorMap(cause -> RemoteFailure.ofResolve(cause, host))
                    .flatMapIterable(results -> results)
                    .map(result -> {
                        if (!(result instanceof byte[] bytes)) {
                            throw violated("the device resolved " + host + " to something that is no address");
                        }
                        return address(host, bytes);
                    })
                    .switchIfEmpty(Mono.error(() -> new UnknownHostException(host + ": it has no address")));
        });
    }

    private InetAddress address(String host, byte[] bytes) {
        try {
            return InetAddress.getByAddress(host, bytes);
        } catch (UnknownHostException e) {
            throw violated("the device resolved " + host + " to " + bytes.length + " bytes, which are no address");
        }
    }

    /** Ends the session: what else the device says cannot be trusted either. */
    private RuntimeException violated(String what) {
        multiplexer.context().executor().execute(() -> multiplexer.violated(what));
        return Exceptions.propagate(new LinkLostException(what, new LinkException(what)));
    }

    private Mono<List<@Nullable Object>> request(int operation, @Nullable Object... args) {
        return Mono.create(sink -> {
            Future<List<@Nullable Object>> answer = multiplexer.requests().request(operation, requestTimeout, args);
            sink.onCancel(() -> answer.cancel(false));
            answer.addListener((Future<List<@Nullable Object>> done) -> answered(done, sink));
        });
    }

    private static void answered(Future<List<@Nullable Object>> done, MonoSink<List<@Nullable Object>> sink) {
        if (done.isSuccess()) {
            sink.success(done.getNow());
        } else if (!done.isCancelled()) {
            sink.error(RemoteFailure.ofRequest(done.cause()));
        }
    }

    // ---- sockets of the device

    /**
     * Returns reactor-netty's TCP client over the line. Each {@code connect} opens a connection of its own.
     *
     * <p>Names are resolved by the device. Event loops are reactor-netty's shared ones, or those given to the connector.
     */
    public TcpClient tcpClient() {
        return TcpClient.newConnection().runOn(proxyLoops).resolver(resolver);
    }

    /**
     * Returns reactor-netty's HTTP client over the line: with its TLS (which ends on this host), HTTP/2, WebSocket, redirects.
     *
     * <p>Connections are pooled for this client, at most 500 for each server and at most 10 s idle.
     */
    public HttpClient httpClient() {
        return httpClient(pool);
    }

    /**
     * Returns reactor-netty's HTTP client over the line, with another pool. It must not be shared with other clients: its
     * connections belong to this device.
     */
    public HttpClient httpClient(ConnectionProvider connections) {
        return HttpClient.create(connections).runOn(proxyLoops).resolver(resolver);
    }

    /**
     * Returns a Netty bootstrap whose channels are {@link ProxySocketChannel}s and whose names the device resolves.
     *
     * <p>The same by hand: {@code new Bootstrap().group(group).channelFactory(() -> new ProxySocketChannel(client)).resolver(client.resolver())}.
     *
     * @param group any event loops, also other ones than the link's
     */
    public Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> new ProxySocketChannel(this))
                .resolver(resolver);
    }

    /** Returns a resolver that asks the device. */
    public ProxyAddressResolverGroup resolver() {
        return resolver;
    }

    // ---- the link

    /** Returns the link's own channel: the serial port, or what was given to {@code connect}. */
    public Channel channel() {
        return channel;
    }

    /** Returns what the two ends have agreed on. */
    public Session session() {
        return session;
    }

    /**
     * Returns how the link fares: what was counted since the client came about, over all its sessions, and its round trips.
     *
     * @return a snapshot of the moment of subscription; never fails, also when the client is closed: then it is the last one
     */
    public Mono<LinkHealth> health() {
        return health.snapshot();
    }

    /**
     * Returns how the link fares, again and again: the first snapshot at once, then one each interval. A subscriber that is slower gets the
     * latest one when it asks for more, never a backlog; {@link LinkHealth#elapsed} tells how far two are apart.
     *
     * @param interval from one snapshot to the next one, positive
     * @return ends with a last snapshot when the client has been closed or its link was lost for good; never fails
     */
    public Flux<LinkHealth> health(Duration interval) {
        return health.every(interval, closed.asMono());
    }

    ChannelMultiplexer multiplexer() {
        return multiplexer;
    }

    /**
     * Returns a {@code Mono} that completes when this client was closed from here, and fails with {@link LinkLostException} when the
     * link has ended by itself.
     */
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    /**
     * Ends the session: the device closes all its sockets, what is under way fails with {@link LinkLostException}. Closes the port if
     * this client opened it.
     *
     * @return completes when that is done; does it when subscribed, once
     */
    public Mono<Void> close() {
        return Mono.defer(() -> {
            closing = true;
            Future<?> end = ownsChannel
                    ? channel.close()
                    : channel.writeAndFlush(new LinkReset(ResetReason.CLOSED, "closed by this host"));
            Mono<Void> done = Mono.create(sink -> end.addListener(any -> sink.success()));
            return done.then(pool.disposeLater());
        });
    }

    /** As {@link #close()}, without waiting. */
    @Override
    public void dispose() {
        close().subscribe();
    }

    /** Returns whether the session has ended, for any reason. */
    @Override
    public boolean isDisposed() {
        return ended;
    }

    /** The session has ended. */
    void ended(LinkLostException cause) {
        ended = true;
        health.ended(link);
        if (closing) {
            closed.tryEmitEmpty();
        } else {
            closed.tryEmitError(cause);
            dispose();
        }
    }

    @Override
    public String toString() {
        return "ProxyClient[" + session.agent() + " at " + channel + "]";
    }
}
