package dev.uartnet.esp32;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.IntSupplier;

/** Reads as many bytes at once as a frame had best carry at that moment, and no second time unasked. */
@SuppressWarnings("deprecation") // Netty's own allocators are of this kind; there is no other in 4.2
final class FrameSizedReads extends DefaultMaxMessagesRecvByteBufAllocator {
    private final IntSupplier bytes;

    FrameSizedReads(IntSupplier bytes) {
        super(1);
        this.bytes = bytes;
    }

    @Override
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return bytes.getAsInt();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator alloc) {
                int size = guess();
                return alloc.ioBuffer(size, size);
            }
        };
    }
}
