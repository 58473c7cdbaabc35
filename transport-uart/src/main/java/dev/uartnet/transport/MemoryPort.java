package dev.uartnet.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A port in memory, joined to another one as by a null-modem cable. It has no speed: bytes pass as fast as they are
 * read, and a writer waits while the other end does not read. Settings are accepted and kept, and told to the other
 * end; nothing else follows from them.
 *
 * <p>Closing one end makes the other one lost, after it has read what was under way.
 */
public final class MemoryPort implements LineEnd {
    /** Bytes that one direction holds; about what a kernel's tty buffers hold. */
    private static final int DEFAULT_CAPACITY = 64 * 1024;

    private final String name;
    private final SpscByteRing incoming;
    private final ParkingSpot reader = new ParkingSpot();
    private final ParkingSpot writer = new ParkingSpot();
    private volatile boolean closed;
    private volatile UartSettings settings = UartSettings.DEFAULT;
    private volatile boolean breakActive;
    // Set once by pair(), before either end is published.
    private @Nullable MemoryPort peer;

    private MemoryPort(String name, int capacity) {
        this.name = name;
        incoming = new SpscByteRing(capacity);
    }

    /** Two ports joined to each other, with 64 KiB of buffer in each direction. */
    public static Pair pair() {
        return pair(DEFAULT_CAPACITY);
    }

    /** Two ports joined to each other, with {@code capacity} bytes (a power of two) of buffer in each direction. */
    public static Pair pair(int capacity) {
        MemoryPort a = new MemoryPort("memory-a", capacity);
        MemoryPort b = new MemoryPort("memory-b", capacity);
        a.peer = b;
        b.peer = a;
        return new Pair(a, b);
    }

    /**
     * Both ends of a line.
     *
     * @param a one end
     * @param b the other end
     */
    public record Pair(MemoryPort a, MemoryPort b) {}

    /** The settings that this end was opened or reconfigured with. */
    public UartSettings settings() {
        return settings;
    }

    /** Whether this end holds the line in a break. */
    public boolean isBreak() {
        return breakActive;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(UartSettings newSettings) throws IOException {
        if (closed) {
            throw new UartException(name, "cannot open " + name + ": closed before (make a new pair)");
        }
        settings = newSettings;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        MemoryPort other = peer();
        reader.await(() -> incoming.readable() > 0 || closed || other.closed);
        if (closed) {
            return -1;
        }
        // The peer publishes its last bytes before it closes, so look at the ring after that.
        int count = Math.min(length, incoming.contiguousReadable());
        if (count == 0) {
            throw new UartPortLostException(name, name + ": the other end was closed");
        }
        System.arraycopy(incoming.array(), incoming.readOffset(), target, offset, count);
        incoming.consume(count);
        other.writer.signal();
        return count;
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        MemoryPort other = peer();
        SpscByteRing outgoing = other.incoming;
        writer.await(() -> outgoing.free() > 0 || closed || other.closed);
        if (closed) {
            return -1;
        }
        if (other.closed) {
            throw new UartPortLostException(name, name + ": the other end was closed");
        }
        int count = Math.min(length, outgoing.contiguousFree());
        System.arraycopy(source, offset, outgoing.array(), outgoing.writeOffset(), count);
        outgoing.produce(count);
        other.reader.signal();
        return count;
    }

    @Override
    public int farBaudRate() {
        return peer().settings.baudRate();
    }

    @Override
    public int farUnread() {
        return peer().incoming.readable();
    }

    @Override
    public boolean isLost() {
        return peer().closed && incoming.readable() == 0;
    }

    @Override
    public void configure(UartSettings newSettings) {
        settings = newSettings.withDtr(settings.dtr()).withRts(settings.rts());
    }

    @Override
    public void setDtr(boolean asserted) {
        settings = settings.withDtr(asserted);
    }

    @Override
    public void setRts(boolean asserted) {
        settings = settings.withRts(asserted);
    }

    @Override
    public void setBreak(boolean active) {
        breakActive = active;
    }

    @Override
    public void close() {
        closed = true;
        MemoryPort other = peer();
        reader.signal();
        writer.signal();
        other.reader.signal();
        other.writer.signal();
    }

    private MemoryPort peer() {
        MemoryPort other = peer;
        if (other == null) {
            throw new IllegalStateException(name + " has no other end");
        }
        return other;
    }

    @Override
    public String toString() {
        return name;
    }
}
