package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of a {@link ProxySocketChannel}: what was received and not yet read, the read loop, the receive window, the end of the
 * input. On the channel's event loop, but for what says otherwise.
 */
final class StreamReading {
    private final ProxySocketChannel channel;
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();
    private final Runnable readLoop = this::readIfWanted;
    private final UncheckedBooleanSupplier more = this::hasMore;

    /** Nobody reads any more, or there is nothing more to read. Read by any thread. */
    private volatile boolean shutdown;

    private boolean readPending;
    private boolean reading;
    /** No more bytes come: behind what is received is the end, or the failure. */
    private boolean ended;
    /** Why, if the connection has failed. */
    private @Nullable IOException failure;

    private boolean endSeen;
    private int window;
    /** Bytes that were read and not yet granted again; negative when the window has shrunk. */
    private int consumed;

    StreamReading(ProxySocketChannel channel) {
        this.channel = channel;
    }

    /** The connection is about to be opened. */
    void start(int window) {
        this.window = window;
    }

    boolean isShutdown() {
        return shutdown;
    }

    // ---- what comes from the device

    void received(ByteBuf data) {
        if (!channel.isOpen()) {
            data.release();
        } else if (shutdown) {
            // Nobody reads it, but the sender must not be held up: as the input of a socket that was shut down.
            int bytes = data.readableBytes();
            data.release();
            consumed(bytes);
        } else {
            received.add(data);
        }
    }

    /** Nothing more comes. */
    void ended(@Nullable IOException failure) {
        ended = true;
        if (this.failure == null) {
            this.failure = failure;
        }
    }

    // ---- what the channel asks for

    void begin() {
        if (endSeen) {
            return;
        }
        readPending = true;
        if (!reading && (!received.isEmpty() || atEnd())) {
            channel.eventLoop().execute(readLoop);
        }
    }

    /** Auto-read was switched off, by any thread. */
    void clearPending() {
        channel.onOwnLoop(() -> readPending = false);
    }

    /** Nobody wants to read any more. */
    void shutdown() {
        if (shutdown) {
            return;
        }
        shutdown = true;
        int unread = 0;
        for (ByteBuf buffer : received) {
            unread += buffer.readableBytes();
        }
        release();
        consumed(unread);
        if (readPending) {
            channel.eventLoop().execute(readLoop);
        }
    }

    /** Makes the window larger at once, or smaller as bytes are read. */
    void setWindow(int bytes) {
        int more = bytes - window;
        window = bytes;
        consumed(more);
    }

    void close() {
        shutdown = true;
        release();
    }

    private void release() {
        for (ByteBuf buffer = received.poll(); buffer != null; buffer = received.poll()) {
            buffer.release();
        }
    }

    // ---- the read loop

    private boolean atEnd() {
        return ended || shutdown;
    }

    private boolean hasMore() {
        return !received.isEmpty() || atEnd();
    }

    void readIfWanted() {
        if (!readPending || reading || endSeen || !channel.isActive() || !hasMore()) {
            return;
        }
        reading = true;
        ChannelPipeline pipeline = channel.pipeline();
        var handle = (RecvByteBufAllocator.ExtendedHandle) channel.unsafe().recvBufAllocHandle();
        handle.reset(channel.config());
        boolean end = false;
        do {
            ByteBuf next = next(handle);
            if (next == null) {
                end = atEnd();
                handle.lastBytesRead(end ? -1 : 0);
                readPending &= !end;
                break;
            }
            int bytes = next.readableBytes();
            handle.lastBytesRead(bytes);
            handle.incMessagesRead(1);
            readPending = false;
            pipeline.fireChannelRead(next);
            consumed(bytes);
            // Frames are smaller than a socket's buffers: that there is more counts, not whether the last read was
            // full.
        } while (handle.continueReading(more));
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (end) {
            end(pipeline);
        } else if (readPending && hasMore()) {
            channel.eventLoop().execute(readLoop);
        }
    }

    /** Returns as much of the oldest frame as one read is to have: without copying it. */
    private @Nullable ByteBuf next(RecvByteBufAllocator.ExtendedHandle handle) {
        ByteBuf first = received.peek();
        if (first == null) {
            return null;
        }
        int limit = Math.max(1, handle.guess());
        handle.attemptedBytesRead(limit);
        if (first.readableBytes() > limit) {
            return first.readRetainedSlice(limit);
        }
        return received.remove();
    }

    /** Everything received has been read, and the reader has come to the end. */
    private void end(ChannelPipeline pipeline) {
        if (!channel.isActive()) {
            return;
        }
        if (failure != null && !shutdown) {
            channel.fail(failure);
        } else if (!shutdown) {
            if (channel.config().isAllowHalfClosure()) {
                shutdown = true;
                pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                if (readPending) {
                    channel.eventLoop().execute(readLoop);
                }
            } else {
                channel.unsafe().close(channel.voidPromise());
            }
        } else if (channel.config().isAllowHalfClosure()) {
            endSeen = true;
            pipeline.fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        }
    }

    private void consumed(int bytes) {
        consumed += bytes;
        // In portions: each grant is a frame, and a window that is a quarter open still keeps the line busy.
        if (consumed >= window / 4 && !ended && channel.isActive()) {
            channel.link().grant(consumed);
            consumed = 0;
        }
    }
}
