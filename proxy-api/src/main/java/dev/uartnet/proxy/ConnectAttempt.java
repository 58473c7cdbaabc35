package dev.uartnet.proxy;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.link.Session;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FutureListener;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** One attempt to open a session over one channel; later what tells the {@link Connection} that came of it of its end. */
final class ConnectAttempt implements SessionHandler.Owner {
    /** What this module can use of a device, beyond the link itself. */
    private static final long FEATURES = Feature.UDP | Feature.LISTEN | Feature.TLS | Feature.OBJECTS | Feature.IPV6;

    private final Channel channel;
    private final boolean ownsChannel;
    private final MonoSink<Connection> sink;
    private volatile boolean cancelled;
    private @Nullable LinkHandler link;
    private @Nullable ChannelMultiplexer multiplexer;
    private @Nullable Connection connection;

    private ConnectAttempt(Channel channel, boolean ownsChannel, MonoSink<Connection> sink) {
        this.channel = channel;
        this.ownsChannel = ownsChannel;
        this.sink = sink;
        if (!ownsChannel) {
            sink.onCancel(() -> cancelled = true);
        }
    }

    /**
     * Connects over a channel of its own.
     *
     * @return an attempt for each subscription; one that fails or is cancelled closes its channel. Fails with {@link RejectedExecutionException} if
     *     the event loops have shut down
     */
    static Mono<Connection> over(Bootstrap bootstrap, SocketAddress address, LinkConfig link) {
        return Mono.create(sink -> {
            ChannelHandler first = bootstrap.config().handler();
            Bootstrap own = bootstrap.clone().handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    if (first != null) {
                        channel.pipeline().addLast(first);
                    }
                    new ConnectAttempt(channel, true, sink).start(link);
                }
            });
            // Nobody calls a listener on an event loop that has shut down: that is asked for before, and heard of
            // otherwise.
            EventLoopGroup loops = own.validate().config().group();
            if (loops.isShuttingDown()) {
                sink.error(loopGone(address));
                return;
            }
            ChannelFuture connected = own.connect(address);
            if (connected.isDone() && !connected.isSuccess()) {
                sink.error(
                        connected.cause() instanceof RejectedExecutionException
                                ? loopGone(address)
                                : connected.cause());
                return;
            }
            FutureListener<Object> terminated = any -> {
                if (!connected.isDone()) {
                    sink.error(loopGone(address));
                }
            };
            sink.onCancel(() -> {
                connected.cancel(false);
                connected.channel().close();
            });
            connected.addListener(done -> {
                loops.terminationFuture().removeListener(terminated);
                if (!done.isSuccess()) {
                    sink.error(done.cause());
                }
            });
            loops.terminationFuture().addListener(terminated);
        });
    }

    static RejectedExecutionException loopGone(Object address) {
        return new RejectedExecutionException("cannot connect to " + address + ": the event loop has shut down");
    }

    /** Connects over a channel that stays its owner's. */
    static Mono<Connection> over(Channel channel, LinkConfig link) {
        return Mono.create(sink -> {
            ConnectAttempt attempt = new ConnectAttempt(channel, false, sink);
            if (channel.isRegistered()) {
                channel.eventLoop().execute(() -> attempt.start(link));
            } else {
                attempt.start(link);
            }
        });
    }

    private void start(LinkConfig given) {
        LinkConfig config = given.withFeatures(given.features() | FEATURES);
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(SessionHandler.class) != null) {
            sink.error(new IllegalStateException("the channel has a client already: " + channel));
            return;
        }
        // From the wire to the application; the link says HELLO as soon as it is in an active channel.
        LinkHandler link = EndpointPipeline.addHost(
                pipeline, SerialConnector.atSpeedOf(channel, config), SerialConnector.lineSpeed(channel));
        ChannelMultiplexer multiplexer = new ChannelMultiplexer(link::payloadBytes);
        this.link = link;
        this.multiplexer = multiplexer;
        pipeline.addBefore("request", "openings", new OpeningTracker(multiplexer))
                .addLast("session", new SessionHandler(this))
                .addLast("channels", multiplexer);
    }

    @Override
    public void established(Session session) {
        if (cancelled) {
            channel.writeAndFlush(new LinkReset(ResetReason.CLOSED, "no longer wanted"));
            return;
        }
        Connection connection = new Connection(
                channel, ownsChannel, session, Objects.requireNonNull(link), Objects.requireNonNull(multiplexer));
        this.connection = connection;
        sink.success(connection);
    }

    @Override
    public void failed(Throwable cause) {
        if (ownsChannel) {
            // The next attempt finds the port free.
            channel.close().addListener(closed -> sink.error(cause));
        } else {
            sink.error(cause);
        }
    }

    @Override
    public void lost(LinkLostException cause) {
        Connection connection = this.connection;
        if (connection != null) {
            connection.ended(cause);
        }
        closeOwn();
    }

    private void closeOwn() {
        if (ownsChannel) {
            channel.close();
        }
    }
}
