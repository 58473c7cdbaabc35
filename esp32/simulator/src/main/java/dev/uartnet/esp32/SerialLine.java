package dev.uartnet.esp32;

import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A serial line between two ports, with what a real one does to bytes: each takes 10 bits' time (8N1), each direction on its own, and, as
 * configured, some are damaged, late or lost. So a pair of pseudo terminals or memory ports, which pass all bytes at once, becomes a
 * line as slow and as bad as a real one. Everything random comes from one seed.
 *
 * <p>Each direction holds some milliseconds' bytes, as a sender's FIFO does; then its writer has to wait, and so it does while the
 * receiver's port takes no more, unless {@link Builder#fifo} says otherwise. When one port is lost or closed, the line ends behind the
 * last bytes, and closes the other port.
 */
public final class SerialLine implements AutoCloseable {
    private final UartPort a;
    private final UartPort b;
    private final LineDirection toA;
    private final LineDirection toB;
    private final long seed;

    private SerialLine(Builder builder) {
        a = builder.a;
        b = builder.b;
        seed = builder.seed;
        toA = new LineDirection(b, a, builder.conditions(builder.towardsA, ~seed), this::closePorts);
        toB = new LineDirection(a, b, builder.conditions(builder.towardsB, seed), this::closePorts);
    }

    /**
     * Returns a builder of a clean line whose speed is what its ends are set to.
     *
     * @param a a port that nobody has opened yet; the line closes it
     * @param b the other one
     */
    public static Builder between(UartPort a, UartPort b) {
        return new Builder(a, b);
    }

    /** The direction from b to a. */
    public LineDirection toA() {
        return toA;
    }

    /** The direction from a to b. */
    public LineDirection toB() {
        return toB;
    }

    /** The seed, to have the same faults again. */
    public long seed() {
        return seed;
    }

    /** Bytes vanish in both directions from now on, until {@link #restore}. Any thread. */
    public void cut() {
        toA.cut();
        toB.cut();
    }

    /** Ends what {@link #cut} began. Any thread. */
    public void restore() {
        toA.restore();
        toB.restore();
    }

    /** Lets both directions stand still for that time; nothing is lost. Any thread. */
    public void stall(Duration time) {
        toA.stall(time);
        toB.stall(time);
    }

    /** From now on these faults happen in both directions. Any thread. */
    public void faults(LineFaults faults) {
        toA.faults(faults);
        toB.faults(faults);
    }

    /** Ends the line: closes both ports and waits until its threads have ended. What is under way is lost. */
    @Override
    public void close() {
        toA.end();
        toB.end();
        closePorts();
        toA.join();
        toB.join();
    }

    private void closePorts() {
        a.close();
        b.close();
    }

    /** Conditions that differ between the directions. */
    private static final class Towards {
        LineFaults faults = LineFaults.NONE;
        Duration latency = Duration.ZERO;
        int fifoBytes;
        FlowControl flowControl = FlowControl.NONE;
    }

    /** A line before it runs. What is not said for one direction holds for both. */
    public static final class Builder {
        private static final Duration LATENCY_MAX = Duration.ofMillis(255);

        private final UartPort a;
        private final UartPort b;
        private final Towards towardsA = new Towards();
        private final Towards towardsB = new Towards();
        private int baud;
        private int maxCleanBaud = Integer.MAX_VALUE;
        private long seed = RandomGenerator.getDefault().nextLong();

        private Builder(UartPort a, UartPort b) {
            this.a = a;
            this.b = b;
        }

        /**
         * A speed for both directions, in baud, 300 to 20,000,000, whatever the ends are set to. Without it, each direction has the speed
         * that its sender's end is set to, and its bytes become garbage while the receiver's end is set to another one (more than 3 %
         * apart); both ports must be {@link LineEnd}s then.
         */
        public Builder baud(int newBaud) {
            baud = LineClock.checked(newBaud);
            return this;
        }

        /** Above that speed 5 % of all bytes are damaged: a speed that the line cannot do. Default: it can do all. */
        public Builder maxCleanBaud(int newMaxCleanBaud) {
            maxCleanBaud = LineClock.checked(newMaxCleanBaud);
            return this;
        }

        /** What happens to bytes; default: nothing. */
        public Builder faults(LineFaults faults) {
            return faultsToA(faults).faultsToB(faults);
        }

        /** As {@link #faults}, for bytes to a. */
        public Builder faultsToA(LineFaults faults) {
            towardsA.faults = faults;
            return this;
        }

        /** As {@link #faults}, for bytes to b. */
        public Builder faultsToB(LineFaults faults) {
            towardsB.faults = faults;
            return this;
        }

        /**
         * Bytes arrive as from a USB adapter with that latency timer: in packets of 62, or fewer when the timer ends; it starts anew with each
         * packet. An FTDI chip's is 16 ms unless it is set, at most 255 ms (application note AN232B-04). Default: zero, no adapter.
         */
        public Builder latency(Duration latency) {
            return latencyToA(latency).latencyToB(latency);
        }

        /** As {@link #latency}, for bytes to a. */
        public Builder latencyToA(Duration latency) {
            towardsA.latency = checked(latency);
            return this;
        }

        /** As {@link #latency}, for bytes to b. */
        public Builder latencyToB(Duration latency) {
            towardsB.latency = checked(latency);
            return this;
        }

        private static Duration checked(Duration latency) {
            if (latency.isNegative() || latency.compareTo(LATENCY_MAX) > 0) {
                throw new IllegalArgumentException("latency must be 0 to 255 ms: " + latency.toMillis());
            }
            return latency;
        }

        /**
         * What a receiver has room for: bytes that have arrived and that it has not read yet. More are lost, or, with RTS/CTS, wait at the
         * sender. The ports must be {@link LineEnd}s. Default: what the ports hold; then the sender waits.
         *
         * @param bytes 1 or more
         * @param flowControl NONE or RTS_CTS
         */
        public Builder fifo(int bytes, FlowControl flowControl) {
            return fifoToA(bytes, flowControl).fifoToB(bytes, flowControl);
        }

        /** As {@link #fifo}, for bytes to a. */
        public Builder fifoToA(int bytes, FlowControl flowControl) {
            return fifo(towardsA, bytes, flowControl);
        }

        /** As {@link #fifo}, for bytes to b. */
        public Builder fifoToB(int bytes, FlowControl flowControl) {
            return fifo(towardsB, bytes, flowControl);
        }

        private Builder fifo(Towards towards, int bytes, FlowControl flowControl) {
            if (bytes < 1) {
                throw new IllegalArgumentException("a FIFO must hold 1 byte or more: " + bytes);
            }
            if (flowControl == FlowControl.XON_XOFF) {
                throw new IllegalArgumentException("a FIFO has flow control NONE or RTS_CTS: XON_XOFF");
            }
            towards.fifoBytes = bytes;
            towards.flowControl = flowControl;
            return this;
        }

        /** The seed of all that is random; default: another one each time, see {@link SerialLine#seed}. */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        private LineConditions conditions(Towards towards, long directionSeed) {
            return new LineConditions(
                    baud,
                    maxCleanBaud,
                    towards.faults,
                    towards.latency,
                    towards.fifoBytes,
                    towards.flowControl,
                    directionSeed);
        }

        /**
         * Joins the ports. Blocks until both are open.
         *
         * @throws IOException one cannot be opened; both are closed then
         * @throws IllegalStateException a port is no {@link LineEnd} where one is needed
         */
        public SerialLine start() throws IOException {
            requireEnd(a, towardsA);
            requireEnd(b, towardsB);
            SerialLine line = new SerialLine(this);
            UartSettings settings = baud > 0 ? UartSettings.DEFAULT.withBaudRate(baud) : UartSettings.DEFAULT;
            try {
                a.open(settings);
                b.open(settings);
            } catch (IOException | RuntimeException e) {
                line.closePorts();
                throw e;
            }
            line.toA.start();
            line.toB.start();
            return line;
        }

        private void requireEnd(UartPort port, Towards towards) {
            if (port instanceof LineEnd) {
                return;
            }
            if (baud == 0) {
                throw new IllegalStateException(
                        port.name() + " cannot tell what its other end is set to: the line needs baud()");
            }
            if (towards.fifoBytes > 0) {
                throw new IllegalStateException(
                        port.name() + " cannot tell what its other end has read: no fifo() there");
            }
        }
    }
}
