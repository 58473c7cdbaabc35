package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;

/**
 * Moves a port's bytes into a ring, on a thread of its own; the channel takes them out on its event
 * loop. While the ring is full it stops reading.
 */
final class PortReader implements Runnable {
    /** Called on the reader's thread. */
    interface Listener {
        /** The ring holds bytes that the channel may not know of. */
        void bytesArrived();

        /** Reading failed; this thread ends. */
        void readFailed(Throwable cause);
    }

    /** How often a reader without room looks whether the port still exists. */
    private static final long LOST_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final UartPort port;
    private final Listener listener;
    private final SpscByteRing ring;
    private final ParkingSpot room = new ParkingSpot();
    private volatile boolean stopped;

    PortReader(UartPort port, int capacity, Listener listener) {
        this.port = port;
        this.listener = listener;
        ring = new SpscByteRing(capacity);
    }

    @Override
    public void run() {
        try {
            while (!stopped && readSome()) {
                // goes on
            }
        } catch (Throwable t) {
            listener.readFailed(t);
        }
    }

    private boolean readSome() throws Exception {
        int free = ring.contiguousFree();
        if (free == 0) {
            if (!room.await(() -> stopped || ring.contiguousFree() > 0, LOST_CHECK_NANOS) && port.isLost()) {
                throw new UartPortLostException(
                        port.name(), port.name() + " is gone: unplugged, or its other end was closed");
            }
            return true;
        }
        int count = port.read(ring.array(), ring.writeOffset(), free);
        if (count > 0) {
            ring.produce(count);
            listener.bytesArrived();
        }
        return count >= 0;
    }

    /** Puts in, before the thread runs, what was received before, and releases it; at most the capacity. */
    void prefill(ByteBuf received) {
        int count = received.readableBytes();
        received.readBytes(ring.array(), 0, count);
        received.release();
        ring.produce(count);
    }

    /** Makes the thread end once its port returns. Any thread. */
    void stop() {
        stopped = true;
        room.signal();
    }

    /** Bytes that the channel can take; its event loop only. */
    int readable() {
        return ring.readable();
    }

    boolean isFull() {
        return ring.free() == 0;
    }

    /** Moves as many bytes as there are and {@code target} has room for; the channel's event loop only. */
    int readInto(ByteBuf target) {
        int total = 0;
        int count;
        while ((count = Math.min(target.writableBytes(), ring.contiguousReadable())) > 0) {
            target.writeBytes(ring.array(), ring.readOffset(), count);
            ring.consume(count);
            total += count;
        }
        room.signal();
        return total;
    }
}
