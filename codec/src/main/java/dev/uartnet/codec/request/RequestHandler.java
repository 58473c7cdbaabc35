package dev.uartnet.codec.request;

import dev.uartnet.codec.link.FrameNotSentException;
import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.Demand;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Next;
import dev.uartnet.codec.message.Output;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and hands each its answer (PROTOCOL.md, section 8). Answers to requests, their items and output stop here; all other messages
 * travel on.
 */
public final class RequestHandler extends ChannelInboundHandlerAdapter {
    private static final int IDS = 65_536;
    /** A longer one is none: neither end's timers count that far. */
    private static final Duration DEADLINE_MAX = Duration.ofDays(5);

    private final IntObjectMap<Pending> pending = new IntObjectHashMap<>();
    private final BitSet ids = new BitSet();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Throwable ended;

    /** Creates a handler for one channel. */
    public RequestHandler() {}

    private static final RequestListener NOBODY = new RequestListener() {};

    private static final class Pending implements RunningRequest {
        final ChannelHandlerContext ctx;
        final Promise<List<@Nullable Object>> promise;
        final Duration deadline;
        final RequestListener listener;
        int id = -1;
        boolean handedOver = true;
        boolean over;

        @Nullable
        Future<?> timer;

        Pending(ChannelHandlerContext ctx, Duration deadline, RequestListener listener) {
            this.ctx = ctx;
            this.promise = ctx.executor().newPromise();
            this.deadline = deadline;
            this.listener = listener;
        }

        @Override
        public Future<List<@Nullable Object>> answer() {
            return promise;
        }

        @Override
        public void demand(long items) {
            if (items < 1) {
                throw new IllegalArgumentException("items must be positive: " + items);
            }
            if (ctx.executor().inEventLoop()) {
                sendDemand(items);
            } else {
                ctx.executor().execute(() -> sendDemand(items));
            }
        }

        private void sendDemand(long items) {
            if (id >= 0 && !over && !promise.isDone()) {
                ctx.writeAndFlush(new Demand(id, items), ctx.voidPromise());
            }
        }

        void over() {
            over = true;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    /**
     * Sends a request. Callable from any thread; the future completes on the channel's event loop with the results, or fails with
     * {@link RequestFailedException} (the device's error), {@link RequestTimeoutException} or {@link RequestAbortedException}
     * (the session ended). Cancelling it asks the device to stop.
     *
     * @param operation one of {@link dev.uartnet.codec.message.Operation}
     * @param deadline after which nobody wants the answer any more, on either end; zero, or more than five days: never
     * @param args MessagePack values (see the package {@code message})
     */
    public Future<List<@Nullable Object>> request(int operation, Duration deadline, @Nullable Object... args) {
        return request(operation, deadline, NOBODY, args).answer();
    }

    /**
     * Sends a request and tells what comes before its answer, as {@link #request(int, Duration, Object...)}. Nothing comes once the answer is done or cancelled.
     *
     * @param listener hears items and output
     */
    public RunningRequest request(
            int operation, Duration deadline, RequestListener listener, @Nullable Object... args) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative: " + deadline);
        }
        ChannelHandlerContext ctx = Objects.requireNonNull(context, "the handler is not in a pipeline");
        List<@Nullable Object> list = Collections.unmodifiableList(new ArrayList<>(Arrays.asList(args)));
        Pending request = new Pending(ctx, deadline, listener);
        if (ctx.executor().inEventLoop()) {
            send(request, operation, list);
        } else {
            ctx.executor().execute(() -> send(request, operation, list));
        }
        return request;
    }

    /** Returns how many requests wait for their answer. Event loop only. */
    public int inFlight() {
        return pending.size();
    }

    private void send(Pending request, int operation, List<@Nullable Object> args) {
        ChannelHandlerContext ctx = request.ctx;
        Promise<List<@Nullable Object>> promise = request.promise;
        if (promise.isCancelled()) {
            return;
        }
        if (ended != null) {
            promise.tryFailure(new RequestAbortedException(ended, false));
            return;
        }
        int id = ids.nextClearBit(0);
        if (id >= IDS) {
            promise.tryFailure(new IllegalStateException(IDS + " requests are in flight already"));
            return;
        }
        request.id = id;
        ids.set(id);
        pending.put(id, request);
        promise.addListener(done -> {
            if (done.isCancelled()) {
                abandon(ctx, request);
            }
        });
        long millis = millis(request.deadline);
        if (millis > 0) {
            request.timer = ctx.executor()
                    .schedule(
                            () -> {
                                if (promise.tryFailure(new RequestTimeoutException(request.deadline))) {
                                    abandon(ctx, request);
                                }
                            },
                            millis,
                            TimeUnit.MILLISECONDS);
        }
        ctx.writeAndFlush(new Request(id, operation, millis, args)).addListener(written -> {
            if (!written.isSuccess()) {
                notWritten(request, Objects.requireNonNull(written.cause()));
            }
        });
    }

    /** Milliseconds; zero for none. */
    private static long millis(Duration deadline) {
        if (deadline.isZero() || deadline.compareTo(DEADLINE_MAX) > 0) {
            return 0;
        }
        return Math.max(1, deadline.toMillis());
    }

    private void notWritten(Pending request, Throwable cause) {
        if (cause instanceof FrameNotSentException) {
            // The end of the session follows and fails all requests; this one did not run.
            request.handedOver = false;
        } else if (finish(request.id) != null) {
            // The channel failed while the frame was on its way, or the request cannot be encoded.
            request.promise.tryFailure(cause instanceof IOException ? new RequestAbortedException(cause, true) : cause);
        }
    }

    private void abandon(ChannelHandlerContext ctx, Pending request) {
        request.over();
        if (pending.get(request.id) == request && ended == null) {
            ctx.writeAndFlush(new Cancel(request.id), ctx.voidPromise());
        }
    }

    private @Nullable Pending finish(int id) {
        Pending request = pending.remove(id);
        if (request != null) {
            ids.clear(id);
            request.over();
        }
        return request;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Response response) {
            Pending request = finish(response.id());
            if (request != null && !request.promise.trySuccess(response.results())) {
                response.results().forEach(request.listener::unwanted);
            }
        } else if (msg instanceof ErrorResponse error) {
            Pending request = finish(error.id());
            if (request != null) {
                request.promise.tryFailure(
                        error.code() == ErrorCode.DEADLINE
                                ? new RequestTimeoutException(request.deadline)
                                : new RequestFailedException(error));
            }
        } else if (msg instanceof Next next) {
            Pending request = pending.get(next.id());
            if (request != null && request.promise.isDone()) {
                request.listener.unwanted(next.item());
            } else if (request != null) {
                request.listener.next(next.item());
            }
        } else if (msg instanceof Output printed) {
            Pending request = pending.get(printed.id());
            if (request != null && !request.promise.isDone()) {
                request.listener.output(printed.text());
            }
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LinkEnded end) {
            failAll(end.cause());
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failAll(new ClosedChannelException());
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        failAll(new ClosedChannelException());
    }

    private void failAll(Throwable cause) {
        if (ended == null) {
            ended = cause;
        }
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        ids.clear();
        for (Pending request : all) {
            request.over();
            request.promise.tryFailure(new RequestAbortedException(cause, request.handedOver));
        }
    }
}
