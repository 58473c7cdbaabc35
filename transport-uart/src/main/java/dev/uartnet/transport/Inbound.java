package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Hands what a port has received to the channel's pipeline, as much at a time as the channel's configuration says. */
final class Inbound {
    private final PortChannel channel;
    /** Written on the event loop only. */
    private volatile boolean wanted;

    Inbound(PortChannel channel) {
        this.channel = channel;
    }

    /** Whether a {@code read()} of the channel has not been answered yet. Any thread. */
    boolean isWanted() {
        return wanted;
    }

    void want(boolean now) {
        wanted = now;
    }

    /**
     * Reads once, as Netty counts it, or {@code everything}.
     *
     * @return why the port cannot be read; null if it can
     */
    @SuppressWarnings(
            "deprecation") // Handle is deprecated for ExtendedHandle, which recvBufAllocHandle does not return
    @Nullable
    IOException deliver(PortIo io, boolean everything) {
        UartChannelConfig config = channel.config();
        ChannelPipeline pipeline = channel.pipeline();
        RecvByteBufAllocator.Handle handle = channel.unsafe().recvBufAllocHandle();
        handle.reset(config);
        ByteBuf buffer = null;
        Throwable failure = null;
        IOException lost = null;
        boolean delivered = false;
        try {
            while (channel.isActive() && io.mayRead() && (!delivered || everything || handle.continueReading())) {
                buffer = handle.allocate(io.allocator(config.getAllocator()));
                handle.attemptedBytesRead(buffer.writableBytes());
                int count = io.read(buffer);
                handle.lastBytesRead(count);
                if (count == 0) {
                    break;
                }
                handle.incMessagesRead(1);
                wanted = false;
                delivered = true;
                ByteBuf message = buffer;
                buffer = null;
                pipeline.fireChannelRead(message);
            }
        } catch (IOException e) {
            lost = e;
        } catch (Throwable t) { // a buffer could not be allocated
            wanted = false;
            failure = t;
        }
        ReferenceCountUtil.release(buffer);
        if (delivered || failure != null) {
            handle.readComplete();
            pipeline.fireChannelReadComplete();
        }
        if (failure != null) {
            pipeline.fireExceptionCaught(failure);
        }
        return lost;
    }
}
