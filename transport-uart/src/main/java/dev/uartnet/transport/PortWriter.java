package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Moves bytes from a ring to a port, on a thread of its own. The channel fills the ring on its event loop with the
 * flushed bytes, small buffers gathered, and removes them from its outbound buffer only when the port has accepted them.
 */
final class PortWriter implements Runnable {
    /** Called on the writer's thread. */
    interface Listener {
        /** The port accepted bytes, perhaps by several writes. */
        void bytesAccepted();

        /** Writing failed; this thread ends. */
        void writeFailed(Throwable cause);
    }

    /**
     * Enough to keep a port busy while the event loop does something else: 50 ms at 3 megabaud. Its bytes stay counted
     * as pending in the channel.
     */
    private static final int CAPACITY = 16 * 1024;
    /**
     * Waking the event loop costs more than a write to a port that takes bytes at once. So it is told of what was accepted when the ring is half empty, or empty,
     * or when it has last been told that long ago, which on a paced line is after each write.
     */
    private static final int TELL_BYTES = CAPACITY / 2;

    private static final long TELL_NANOS = 1_000_000;

    private final UartPort port;
    private final Listener listener;
    private final SpscByteRing ring = new SpscByteRing(CAPACITY);
    private final ParkingSpot work = new ParkingSpot();
    private volatile boolean stopped;
    /** Accepted bytes that the listener was not told of; the writer's thread only. */
    private int untold;

    private long toldNanos = System.nanoTime();
    /** Accepted bytes that the outbound buffer was told of; event loop only. */
    private long acknowledged;

    PortWriter(UartPort port, Listener listener) {
        this.port = port;
        this.listener = listener;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                work.await(() -> stopped || ring.readable() > 0);
                if (!stopped && !writeSome()) {
                    return;
                }
            }
        } catch (Throwable t) {
            if (untold > 0) {
                tell(System.nanoTime()); // what the port has accepted does not fail
            }
            listener.writeFailed(t);
        }
    }

    private boolean writeSome() throws Exception {
        int count = port.write(ring.array(), ring.readOffset(), ring.contiguousReadable());
        if (count > 0) {
            ring.consume(count);
            untold += count;
        }
        if (untold > 0) {
            long now = System.nanoTime();
            if (count == 0 || untold >= TELL_BYTES || now - toldNanos >= TELL_NANOS || ring.readable() == 0) {
                tell(now);
            }
        }
        return count >= 0;
    }

    private void tell(long now) {
        untold = 0;
        toldNanos = now;
        listener.bytesAccepted();
    }

    /** Makes the thread end once its port returns. Any thread. */
    void stop() {
        stopped = true;
        work.signal();
    }

    /** Completes what the port has accepted and hands over what fits; the channel's event loop only. */
    void transfer(ChannelOutboundBuffer outbound) throws Exception {
        long accepted = ring.consumedTotal();
        long newlyAccepted = accepted - acknowledged;
        acknowledged = accepted;
        outbound.removeBytes(newlyAccepted); // with 0 it still completes empty buffers
        int free = ring.free();
        if (free > 0 && !outbound.isEmpty()) {
            Gathering gathering = new Gathering(ring.producedTotal() - acknowledged, free);
            outbound.forEachFlushedMessage(gathering);
            if (gathering.copied > 0) {
                ring.produce(gathering.copied);
                work.signal();
            }
        }
    }

    /** Copies flushed bytes into the ring, behind those that it holds already. */
    private final class Gathering implements ChannelOutboundBuffer.MessageProcessor {
        private long toSkip;
        private int room;
        private int copied;

        Gathering(long toSkip, int room) {
            this.toSkip = toSkip;
            this.room = room;
        }

        @Override
        public boolean processMessage(Object message) {
            ByteBuf buffer = (ByteBuf) message;
            int readable = buffer.readableBytes();
            if (toSkip >= readable) {
                toSkip -= readable;
                return true;
            }
            int index = buffer.readerIndex() + (int) toSkip;
            int left = Math.min(readable - (int) toSkip, room);
            toSkip = 0;
            room -= left;
            while (left > 0) {
                byte[] target = ring.array();
                int offset = (ring.writeOffset() + copied) & (target.length - 1);
                int count = Math.min(left, target.length - offset);
                buffer.getBytes(index, target, offset, count);
                index += count;
                left -= count;
                copied += count;
            }
            return room > 0;
        }
    }
}
