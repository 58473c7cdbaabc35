package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a {@link ProxySocketChannel}: how much of what was flushed goes into the send buffer, which is with the link until
 * the line takes it. On the channel's event loop, but for what says otherwise.
 */
final class StreamWriting {
    private final ProxySocketChannel channel;
    private final FilePieces files;
    private final ChannelOutboundBuffer.MessageProcessor taking = this::take;

    /** Nothing is written any more. Read by any thread. */
    private volatile boolean shutdown;

    private int size;
    /** Bytes that the send buffer still takes; negative when it has shrunk. */
    private int space;
    /** Bytes are being taken; who wrote them may be told in the middle. */
    private boolean busy;
    /** Why nothing can be written. */
    private @Nullable IOException failure;

    StreamWriting(ProxySocketChannel channel) {
        this.channel = channel;
        files = new FilePieces(channel);
    }

    /** The connection is about to be opened. */
    void start(int size) {
        this.size = size;
        space = size;
    }

    boolean isShutdown() {
        return shutdown;
    }

    void shutdown() {
        shutdown = true;
        files.close();
    }

    /** Makes the send buffer larger, or smaller. Returns whether it takes more than before. */
    boolean setSize(int bytes) {
        int more = bytes - size;
        size = bytes;
        space += more;
        return more > 0;
    }

    /** Bytes of it have left for the line. */
    void sent(int bytes) {
        space += bytes;
    }

    /** The device has closed the connection: what waits, and what comes, fails. */
    void failed(@Nullable IOException cause) {
        if (failure == null) {
            failure = cause != null ? cause : RemoteFailure.ofClose(ChannelClose.orderly(0));
        }
    }

    /**
     * Takes all that was flushed into the send buffer, however much that is: the channel closes, and what was written before arrives.
     *
     * @return false if there is more that has to be read from a file first
     */
    boolean takeAll(ChannelOutboundBuffer in) {
        if (busy) {
            return true; // closed by a listener of one of these writes
        }
        space = Integer.MAX_VALUE / 2;
        try {
            write(in);
        } catch (IOException e) {
            return true; // the connection has failed
        }
        return in.isEmpty();
    }

    void write(ChannelOutboundBuffer in) throws IOException {
        busy = true;
        try {
            writeWhileThereIsRoom(in);
        } finally {
            busy = false;
        }
    }

    private void writeWhileThereIsRoom(ChannelOutboundBuffer in) throws IOException {
        // A listener of a write that is over may write again.
        while (channel.isActive()) {
            if (failure != null) {
                throw failure;
            }
            if (in.current() instanceof FileRegion region) {
                if (writeFile(in, region)) {
                    continue;
                }
                return;
            }
            int before = space;
            try {
                in.forEachFlushedMessage(taking);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            int bytes = before - space;
            if (bytes > 0) {
                // Before the promises: a listener may close the channel, and these bytes come first.
                channel.link().send();
            }
            if (removeTaken(in, bytes) == 0) {
                return;
            }
        }
    }

    /** Writes what there is of a file. Returns whether to go on; else the channel is flushed again. */
    private boolean writeFile(ChannelOutboundBuffer in, FileRegion region) throws IOException {
        if (files.isOver(region)) {
            in.remove();
            return true;
        }
        ByteBuf piece = space > 0 ? files.next(region, space) : null;
        if (piece == null) {
            return false;
        }
        int bytes = piece.readableBytes();
        space -= bytes;
        channel.link().add(piece);
        channel.link().send();
        in.progress(bytes);
        return true;
    }

    private boolean take(Object msg) {
        if (!(msg instanceof ByteBuf message)) {
            return false;
        }
        int bytes = Math.min(message.readableBytes(), Math.max(0, space));
        if (bytes > 0) {
            // As into the send buffer of a socket: the writer's memory is free again, and its indices are nobody
            // else's.
            ByteBuf copy = channel.alloc().heapBuffer(bytes, bytes);
            channel.link().add(copy.writeBytes(message, message.readerIndex(), bytes));
            space -= bytes;
        }
        return space > 0;
    }

    /** Removes so many bytes and empty messages. Returns how many messages it has touched. */
    private static int removeTaken(ChannelOutboundBuffer in, int bytes) {
        int messages = 0;
        int left = bytes;
        while (in.current() instanceof ByteBuf message && (left > 0 || !message.isReadable())) {
            messages++;
            int readable = message.readableBytes();
            int part = Math.min(left, readable);
            left -= part;
            in.progress(part);
            if (part == readable) {
                in.remove();
            } else {
                message.skipBytes(part);
            }
        }
        return messages;
    }
}
