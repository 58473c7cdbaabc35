package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, a limited time, until what a port has accepted has left. */
final class PortDrain {
    /**
     * For what a driver does not count as waiting, though a flush would discard it: bytes in a UART's FIFO, or between the
     * two ends of a pseudo terminal, which a kernel thread passes on when it gets a processor. Given as turns of a
     * millisecond, not as one time, so that on an overloaded machine it lasts longer, as that thread takes longer.
     * For pseudo terminals this is a best effort: they do not tell. (Measured on two processors, closes right behind a
     * write that lost it: at a load of 2 to 4, none of 720 after 20 ms; at a load of 10 and more, 12 of 300 after 25 turns
     * and 4 of 150 after 100.)
     */
    private static final int SETTLE_TURNS = 20;

    private static final int SETTLE_TURNS_PSEUDO_TERMINAL = 100;

    private static final long SETTLE_TURN_NANOS = 1_000_000L;
    /** After this time without a write nothing is under way. */
    private static final long SETTLED_NANOS = 200_000_000L;

    private static final long DRAIN_LIMIT_NANOS = 1_000_000_000L;
    /** No byte has left for so long: nobody will take the rest. */
    private static final long DRAIN_STALL_NANOS = 100_000_000L;

    private final SerialPort port;
    private final int settleTurns;
    private volatile long lastWriteNanos = System.nanoTime() - SETTLED_NANOS;

    /** For an open port. */
    PortDrain(SerialPort port) {
        this.port = port;
        settleTurns = isPseudoTerminal(port.getSystemPortPath()) ? SETTLE_TURNS_PSEUDO_TERMINAL : SETTLE_TURNS;
    }

    /** The port has accepted some bytes. Any thread. */
    void written() {
        lastWriteNanos = System.nanoTime();
    }

    /** Blocks, while {@code wanted}, for about a second at most. */
    void await(BooleanSupplier wanted) {
        long start = System.nanoTime();
        long progress = start;
        int left = port.bytesAwaitingWrite();
        while (left > 0 && wanted.getAsBoolean()) {
            LockSupport.parkNanos(500_000);
            long now = System.nanoTime();
            int nowLeft = port.bytesAwaitingWrite();
            if (nowLeft < left) {
                progress = now;
            }
            left = nowLeft;
            if (now - progress > DRAIN_STALL_NANOS || now - start > DRAIN_LIMIT_NANOS) {
                return;
            }
        }
        for (int turn = 0;
                turn < settleTurns && System.nanoTime() - lastWriteNanos < SETTLED_NANOS && wanted.getAsBoolean();
                turn++) {
            LockSupport.parkNanos(SETTLE_TURN_NANOS);
        }
    }

    /** By the names that Linux and macOS give them; {@code path} is free of symbolic links. */
    private static boolean isPseudoTerminal(String path) {
        return path.startsWith("/dev/pts/") || path.startsWith("/dev/ttys");
    }
}
