package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.FileDescriptor;
import java.nio.ByteBuffer;

/**
 * Writes flushed buffers to a descriptor that does not block: large direct ones from where they are, the others gathered, since a system call
 * costs more than to copy what a terminal takes at a time.
 */
final class DescriptorWriter implements ChannelOutboundBuffer.MessageProcessor {
    enum Result {
        /** Nothing is left. */
        DONE,
        /** The descriptor took less than it was offered. */
        BLOCKED,
        /** It might take more. */
        MORE
    }

    /** The piece in which Linux's tty layer copies a write: from here on gathering saves no system call worth its copy. */
    private static final int GATHER_BELOW = 2048;

    private static final int GATHERED_MAX = 8 * 1024;
    /** So that one port does not hold up the others while its other end takes all. */
    private static final int WRITE_MAX = 16 * 1024;

    private final FileDescriptor descriptor;
    /** What is being gathered; empty at other times. */
    private ByteBuf gathered = Unpooled.EMPTY_BUFFER;

    DescriptorWriter(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Writes at most {@code turns} times, and removes from {@code outbound} what was taken. */
    Result write(ChannelOutboundBuffer outbound, ByteBufAllocator allocator, int turns) throws Exception {
        for (int turn = 0; turn < turns; turn++) {
            outbound.removeBytes(0); // completes empty buffers
            if (outbound.isEmpty()) {
                return Result.DONE;
            }
            ByteBuf first = (ByteBuf) outbound.current();
            int offered;
            int taken;
            if (isInPlace(first) && (first.readableBytes() >= GATHER_BELOW || outbound.size() == 1)) {
                offered = Math.min(first.readableBytes(), WRITE_MAX);
                taken = write(first, offered);
            } else {
                gathered = allocator.directBuffer(GATHERED_MAX, GATHERED_MAX);
                try {
                    outbound.forEachFlushedMessage(this);
                    offered = gathered.readableBytes();
                    taken = write(gathered, offered);
                } finally {
                    gathered.release();
                    gathered = Unpooled.EMPTY_BUFFER;
                }
            }
            outbound.removeBytes(taken);
            if (taken < offered) {
                return Result.BLOCKED;
            }
        }
        return outbound.isEmpty() ? Result.DONE : Result.MORE;
    }

    private static boolean isInPlace(ByteBuf buffer) {
        return buffer.hasMemoryAddress() || (buffer.isDirect() && buffer.nioBufferCount() == 1);
    }

    private int write(ByteBuf source, int length) throws Exception {
        int start = source.readerIndex();
        if (source.hasMemoryAddress()) {
            return descriptor.writeAddress(source.memoryAddress(), start, start + length);
        }
        ByteBuffer memory = source.nioBuffer(start, length);
        return descriptor.write(memory, memory.position(), memory.limit());
    }

    /** Takes what there is room for of a flushed buffer. */
    @Override
    public boolean processMessage(Object message) {
        ByteBuf buffer = (ByteBuf) message;
        int count = Math.min(buffer.readableBytes(), gathered.writableBytes());
        gathered.writeBytes(buffer, buffer.readerIndex(), count);
        return gathered.isWritable();
    }
}
