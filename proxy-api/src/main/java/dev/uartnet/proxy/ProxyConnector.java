package dev.uartnet.proxy;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.link.Session;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * How to connect to a device. Immutable: each method returns another one. {@link ProxyClient#connector()} has the defaults.
 *
 * <pre>{@code
 * Mono<ProxyClient> device = ProxyClient.connector()
 *         .port("/dev/ttyUSB0")
 *         .baudRate(921_600)
 *         .connectTimeout(Duration.ofSeconds(3))
 *         .connect();
 * }</pre>
 */
public final class ProxyConnector {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    /** The speed of the firmware as it is installed. */
    private static final int BAUD_RATE = 115_200;

    static final ProxyConnector DEFAULT =
            new ProxyConnector(null, BAUD_RATE, Map.of(), LinkConfig.host(), REQUEST_TIMEOUT, null);

    private final @Nullable String port;
    private final int baudRate;
    private final Map<ChannelOption<?>, Object> options;
    private final LinkConfig link;
    private final Duration requestTimeout;
    private final @Nullable LoopResources loops;

    private ProxyConnector(
            @Nullable String port,
            int baudRate,
            Map<ChannelOption<?>, Object> options,
            LinkConfig link,
            Duration requestTimeout,
            @Nullable LoopResources loops) {
        this.port = port;
        this.baudRate = baudRate;
        this.options = options;
        this.link = link;
        this.requestTimeout = requestTimeout;
        this.loops = loops;
    }

    /** The system's name of the serial port: {@code /dev/ttyUSB0}, {@code COM3}. */
    public ProxyConnector port(String name) {
        return new ProxyConnector(Objects.requireNonNull(name), baudRate, options, link, requestTimeout, loops);
    }

    /** The line's speed in baud; default 115,200, as the firmware's. */
    public ProxyConnector baudRate(int baud) {
        if (baud < 1) {
            throw new IllegalArgumentException("the baud rate must be positive: " + baud);
        }
        return new ProxyConnector(port, baud, options, link, requestTimeout, loops);
    }

    /** An option of the serial port's channel ({@code UartChannelOption}). */
    public <T> ProxyConnector option(ChannelOption<T> option, T value) {
        Map<ChannelOption<?>, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new ProxyConnector(port, baudRate, Collections.unmodifiableMap(more), link, requestTimeout, loops);
    }

    /** How long the device may take to answer once the port is open; default 5 s. */
    public ProxyConnector connectTimeout(Duration timeout) {
        return link(link.withConnectTimeout(timeout));
    }

    /** Everything else about the link; replaces {@link #connectTimeout}. */
    public ProxyConnector link(LinkConfig config) {
        return new ProxyConnector(port, baudRate, options, config, requestTimeout, loops);
    }

    /** How long ping, info and resolve may take; default 10 s. (A socket has {@code CONNECT_TIMEOUT_MILLIS}.) */
    public ProxyConnector requestTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the request timeout must be positive: " + timeout);
        }
        return new ProxyConnector(port, baudRate, options, link, timeout, loops);
    }

    /**
     * The event loops of the port and of reactor-netty's clients over it; default: those that all clients of reactor-netty share. They
     * stay their owner's.
     */
    public ProxyConnector runOn(LoopResources resources) {
        return new ProxyConnector(port, baudRate, options, link, requestTimeout, Objects.requireNonNull(resources));
    }

    /** The same with Netty's event loops. */
    public ProxyConnector runOn(EventLoopGroup group) {
        Objects.requireNonNull(group);
        return runOn((LoopResources) useNative -> group);
    }

    /**
     * Opens the port and connects to the device on it.
     *
     * @return one client for each subscription; see {@link ProxyClient} for the errors. Cancelling closes the port.
     */
    public Mono<ProxyClient> connect() {
        String name = port;
        if (name == null) {
            return Mono.error(new IllegalStateException("no port is set: call port(name) first"));
        }
        return Mono.defer(() -> {
            Bootstrap bootstrap = SerialConnector.bootstrap(baudRate, options)
                    .group(loopResources().onClient(LoopResources.DEFAULT_NATIVE));
            return connect(bootstrap, SerialConnector.address(name));
        });
    }

    /**
     * Connects over a channel of any transport, which the client owns.
     *
     * @param bootstrap makes the channel; its handler, if any, is put before all others
     * @param address what it connects to
     * @return one client for each subscription; cancelling closes the channel
     */
    public Mono<ProxyClient> connect(Bootstrap bootstrap, SocketAddress address) {
        return Mono.create(sink -> {
            ChannelHandler first = bootstrap.config().handler();
            Bootstrap own = bootstrap.clone().handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    if (first != null) {
                        channel.pipeline().addLast(first);
                    }
                    populate(channel, true, sink);
                }
            });
            ChannelFuture connected = own.connect(address);
            sink.onCancel(() -> {
                connected.cancel(false);
                connected.channel().close();
            });
            connected.addListener(done -> {
                if (!done.isSuccess()) {
                    sink.error(done.cause());
                }
            });
        });
    }

    /**
     * Connects over a channel that somebody else owns: new, being registered, or active, with nothing in its pipeline that minds
     * bytes. The client puts its handlers there; its {@code close()} ends the session, and the owner closes the channel, which
     * is of no more use then.
     *
     * @return the client; can be subscribed to once
     */
    public Mono<ProxyClient> connect(Channel channel) {
        return Mono.create(sink -> {
            if (channel.isRegistered()) {
                channel.eventLoop().execute(() -> populate(channel, false, sink));
            } else {
                populate(channel, false, sink);
            }
        });
    }

    private void populate(Channel channel, boolean owned, MonoSink<ProxyClient> sink) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(SessionHandler.class) != null) {
            sink.error(new IllegalStateException("the channel has a client already: " + channel));
            return;
        }
        // From the wire to the application; the link says HELLO as soon as it is in an active channel.
        HostLinkHandler host = EndpointPipeline.addHost(pipeline, link);
        ChannelMultiplexer multiplexer = new ChannelMultiplexer(host::payloadBytes);
        pipeline.addBefore("request", "openings", new OpeningTracker(multiplexer))
                .addLast("session", new SessionHandler(new Attempt(channel, owned, multiplexer, sink)))
                .addLast("channels", multiplexer);
    }

    private LoopResources loopResources() {
        return loops != null ? loops : TcpResources.get();
    }

    /** One attempt to connect, then the owner of its session. */
    private final class Attempt implements SessionHandler.Owner {
        private final Channel channel;
        private final boolean owned;
        private final ChannelMultiplexer multiplexer;
        private final MonoSink<ProxyClient> sink;
        private volatile boolean cancelled;
        private @Nullable ProxyClient client;

        Attempt(Channel channel, boolean owned, ChannelMultiplexer multiplexer, MonoSink<ProxyClient> sink) {
            this.channel = channel;
            this.owned = owned;
            this.multiplexer = multiplexer;
            this.sink = sink;
            if (!owned) {
                sink.onCancel(() -> cancelled = true);
            }
        }

        @Override
        public void established(Session session) {
            if (cancelled) {
                channel.writeAndFlush(new LinkReset(ResetReason.CLOSED, "no longer wanted"));
                return;
            }
            ProxyClient client = new ProxyClient(channel, owned, session, multiplexer, requestTimeout, loopResources());
            this.client = client;
            sink.success(client);
        }

        @Override
        public void failed(Throwable cause) {
            sink.error(cause);
            closeOwn();
        }

        @Override
        public void lost(LinkLostException cause) {
            ProxyClient client = this.client;
            if (client != null) {
                client.ended(cause);
            }
            closeOwn();
        }

        private void closeOwn() {
            if (owned) {
                channel.close();
            }
        }
    }
}
