package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.io.IOException;

/**
 * How an open port's bytes move between it and its channel. Called on the channel's event loop, where not said otherwise, and
 * tells the channel by {@link PortChannel#portReadable()}, {@link PortChannel#portWritable()} and {@link PortChannel#portFailed}.
 */
interface PortIo {
    /** Who goes on when the channel belongs to that event loop: this, or one that takes over from it. */
    PortIo on(EventLoop loop);

    /** Whether it reads and writes memory outside the heap, not arrays. */
    boolean isDirect();

    /** The channel belongs to an event loop, maybe a new one. */
    void attach();

    /** The channel leaves its event loop; to be followed by {@link #attach()} or {@link #stop()}. */
    void detach();

    /** The channel wants to be told when there is something to read. */
    void readWanted();

    /** Whether a {@link #read} may bring something. */
    boolean mayRead();

    /** The kind of buffer that {@link #read} wants. */
    ByteBufAllocator allocator(ByteBufAllocator configured);

    /**
     * Moves what there is and {@code target} has room for.
     *
     * @return bytes; 0 if there are none
     * @throws UartPortLostException if the port is gone
     */
    int read(ByteBuf target) throws IOException;

    /** Moves what the port has room for, and completes what it has accepted. */
    void write(ChannelOutboundBuffer outbound) throws Exception;

    /** Nothing is read or written any more. The port is closed next, by somebody else. */
    void stop();

    /** Waits, a limited time, until no thread is left; to be called on a thread of one's own when the port is closed. */
    void awaitEnd() throws InterruptedException;

    /** Whether nothing more is read ahead for want of room. */
    boolean isReadAheadFull();
}
