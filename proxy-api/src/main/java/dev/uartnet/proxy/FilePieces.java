package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * The bytes of files that are written to a {@link ProxySocketChannel}, piece by piece, each read on a thread that may block. On the channel's event
 * loop, but for the reading.
 */
final class FilePieces {
    private static final int PIECE_BYTES = 16_384;

    private final ProxySocketChannel channel;
    private boolean reading;
    private @Nullable ByteBuf piece;
    private @Nullable Throwable failure;

    FilePieces(ProxySocketChannel channel) {
        this.channel = channel;
    }

    /** Returns whether a region has no more bytes. */
    boolean isOver(FileRegion region) {
        return !reading && piece == null && failure == null && region.transferred() >= region.count();
    }

    /**
     * Returns the next bytes of a region, or null if they have to be read first: then the channel is flushed again when that is done.
     *
     * @param limit at least 1
     */
    @Nullable
    ByteBuf next(FileRegion region, int limit) throws IOException {
        if (failure != null) {
            throw new IOException("cannot read the file that is to be written: " + failure.getMessage(), failure);
        }
        ByteBuf next = piece;
        piece = null;
        if (next == null && !reading) {
            reading = true;
            ByteBuf target = channel.alloc().buffer(Math.min(limit, PIECE_BYTES), Math.min(limit, PIECE_BYTES));
            region.retain();
            try {
                Schedulers.boundedElastic().schedule(() -> read(region, target));
            } catch (RejectedExecutionException e) {
                read(e, region, target);
            }
        }
        return next;
    }

    /** On a thread that may block. */
    private void read(FileRegion region, ByteBuf target) {
        Throwable problem = null;
        try {
            region.transferTo(new Target(target), region.transferred());
        } catch (IOException | RuntimeException e) {
            problem = e;
        }
        Throwable cause = problem;
        try {
            channel.eventLoop().execute(() -> read(cause, region, target));
        } catch (RejectedExecutionException e) {
            region.release();
            target.release();
        }
    }

    private void read(@Nullable Throwable cause, FileRegion region, ByteBuf target) {
        reading = false;
        failure = cause;
        region.release();
        if (cause == null && target.isReadable() && !channel.isOutputShutdown()) {
            piece = target;
        } else {
            target.release();
        }
        channel.flushWaiting();
    }

    void close() {
        if (piece != null) {
            piece.release();
            piece = null;
        }
    }

    /** Takes as much as a buffer has room for. */
    private record Target(ByteBuf buffer) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int bytes = Math.min(source.remaining(), buffer.writableBytes());
            buffer.writeBytes(source.slice(source.position(), bytes));
            source.position(source.position() + bytes);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
