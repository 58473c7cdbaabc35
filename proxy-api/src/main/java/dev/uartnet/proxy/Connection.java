package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.BlobArguments;
import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One life of the link to a device: a session, the channel that carries it, and what runs over it. Over once it has ended. */
final class Connection {
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final Channel channel;
    private final boolean ownsChannel;
    private final Session session;
    private final LinkHandler link;
    private final ChannelMultiplexer multiplexer;
    private final CompletableFuture<LinkLostException> end = new CompletableFuture<>();

    /**
     * A session that has just been established.
     *
     * @param ownsChannel whether the channel ends with the session
     */
    Connection(
            Channel channel, boolean ownsChannel, Session session, LinkHandler link, ChannelMultiplexer multiplexer) {
        this.channel = channel;
        this.ownsChannel = ownsChannel;
        this.session = session;
        this.link = link;
        this.multiplexer = multiplexer;
    }

    Channel channel() {
        return channel;
    }

    Session session() {
        return session;
    }

    LinkHandler link() {
        return link;
    }

    ChannelMultiplexer multiplexer() {
        return multiplexer;
    }

    /** The session has ended. On the channel's event loop. */
    void ended(LinkLostException cause) {
        end.complete(cause);
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Returns whether the channel's event loop has shut down, or is about to: nothing can be opened on it any more. */
    boolean isLoopGone() {
        return channel.eventLoop().isShuttingDown();
    }

    /** Tells when the session has ended: on the channel's event loop, or at once; those who ask, in any order. */
    void onEnd(Consumer<LinkLostException> listener) {
        end.thenAccept(listener);
    }

    /** Completes when the channel is closed, or does not get closed in time. */
    Mono<Void> closed() {
        return Mono.<Void>create(sink -> {
                    if (channel.closeFuture().isDone()) {
                        sink.success(); // its event loop, which would tell, may be gone
                    } else {
                        channel.closeFuture().addListener(any -> sink.success());
                    }
                })
                .timeout(CLOSE_MAX, Mono.empty());
    }

    /** Sends a request. Callable from any thread; see {@link dev.uartnet.codec.request.RequestHandler#request}. */
    Future<List<@Nullable Object>> request(int operation, Duration deadline, @Nullable Object... args) {
        return multiplexer.requests().request(operation, deadline, args);
    }

    /** Does something on the link's event loop, at once if it is there already. */
    void execute(Runnable action, Consumer<Throwable> failed) {
        EventExecutor loop = multiplexer.context().executor();
        Runnable guarded = () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                failed.accept(e);
            }
        };
        if (loop.inEventLoop()) {
            guarded.run();
            return;
        }
        try {
            loop.execute(guarded);
        } catch (RejectedExecutionException stopped) {
            failed.accept(LinkLostException.down(stopped));
        }
    }

    /** Sends a request; arguments that do not fit a frame stand in a blob. On the link's event loop. */
    RunningRequest start(Duration deadline, RequestListener listener, int operation, @Nullable Object... args) {
        byte[] tooLong = RequestArguments.tooLong(session, args);
        if (tooLong == null) {
            return multiplexer.requests().request(operation, deadline, listener, args);
        }
        Blobs blobs = multiplexer.blobs();
        int blob = blobs.put(tooLong);
        RunningRequest request = multiplexer.requests().request(operation, deadline, listener, new BlobArguments(blob));
        request.answer().addListener(done -> blobs.consumed());
        return request;
    }

    /** Ends the session because the device has said what cannot be. Callable from any thread. */
    void violated(String what) {
        multiplexer.context().executor().execute(() -> multiplexer.violated(what));
    }

    /** Ends the session in order, and closes the channel if it is ours. Callable from any thread, and more than once. */
    Future<?> close() {
        return ownsChannel
                ? channel.close()
                : channel.writeAndFlush(new LinkReset(ResetReason.CLOSED, "closed by this host"));
    }
}
