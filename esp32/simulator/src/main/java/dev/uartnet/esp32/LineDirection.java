package dev.uartnet.esp32;

import dev.uartnet.transport.UartPort;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a {@link SerialLine}: a thread takes bytes from a port as they come and notes when, another one delivers them
 * when their time has come. What waits in between is a FIFO; it also makes up for a thread that wakes late, so that the rate
 * is right on a busy machine.
 */
final class LineDirection {
    /** Bytes of so much time travel together: the line's latency is finer than anything that its users measure. */
    private static final long CHUNK_NANOS = 500_000;

    private static final int FIFO_CHUNKS = 64;

    /** Some bytes and when they were there to be sent; no bytes: the port has ended. */
    private static final class Chunk {
        static final Chunk END = new Chunk(new byte[0], 0);

        final byte[] bytes;
        final long writtenNanos;

        Chunk(byte[] bytes, long writtenNanos) {
            this.bytes = bytes;
            this.writtenNanos = writtenNanos;
        }
    }

    private final UartPort from;
    private final UartPort to;
    private final LineClock clock;
    private final Runnable onEnd;
    private final ArrayBlockingQueue<Chunk> fifo = new ArrayBlockingQueue<>(FIFO_CHUNKS);
    private final AtomicLong bytes = new AtomicLong();
    private final Thread reader;
    private final Thread deliverer;
    private volatile boolean ended;

    LineDirection(UartPort from, UartPort to, LineClock clock, Runnable onEnd) {
        this.from = from;
        this.to = to;
        this.clock = clock;
        this.onEnd = onEnd;
        reader = thread("line-from-" + from.name(), this::read);
        deliverer = thread("line-to-" + to.name(), this::deliver);
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        reader.start();
        deliverer.start();
    }

    long bytes() {
        return bytes.get();
    }

    private void read() {
        byte[] chunk = new byte[clock.bytesIn(CHUNK_NANOS)];
        try {
            while (!ended) {
                int count = from.read(chunk, 0, chunk.length);
                long now = System.nanoTime();
                if (count < 0) {
                    break;
                }
                if (count > 0) {
                    fifo.put(new Chunk(Arrays.copyOf(chunk, count), now));
                }
            }
            fifo.put(Chunk.END);
        } catch (IOException lost) {
            // What was read before still arrives.
            putEnd();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void putEnd() {
        try {
            fifo.put(Chunk.END);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver() {
        try {
            Chunk chunk = fifo.take();
            while (chunk.bytes.length > 0) {
                awaitNanos(clock.arrival(chunk.writtenNanos, chunk.bytes.length));
                if (!write(chunk.bytes)) {
                    break;
                }
                chunk = fifo.take();
            }
        } catch (IOException lost) {
            // The line ends below.
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
        ended = true;
        onEnd.run();
        reader.interrupt();
    }

    private static void awaitNanos(long time) throws InterruptedException {
        long left;
        while ((left = time - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private boolean write(byte[] chunk) throws IOException {
        int done = 0;
        while (done < chunk.length) {
            int count = to.write(chunk, done, chunk.length - done);
            if (count < 0) {
                return false;
            }
            done += count;
            bytes.addAndGet(count);
        }
        return true;
    }

    void join() {
        boolean interrupted = false;
        for (Thread thread : new Thread[] {deliverer, reader}) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
