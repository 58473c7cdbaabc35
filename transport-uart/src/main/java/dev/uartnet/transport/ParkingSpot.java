package dev.uartnet.transport;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one thread waits for a condition that others make true. {@link #signal()} costs one volatile read when nobody
 * waits. The condition must be made true by a volatile store before {@link #signal()}.
 */
final class ParkingSpot {
    private volatile @Nullable Thread parked;

    /** Waits until {@code condition} holds. Only one thread may wait at a time. Ignores interrupts. */
    void await(BooleanSupplier condition) {
        await(condition, Long.MAX_VALUE);
    }

    /** Waits until {@code condition} holds or {@code nanos} have passed; tells which (true: it holds). */
    boolean await(BooleanSupplier condition, long nanos) {
        if (condition.getAsBoolean()) {
            return true;
        }
        long start = System.nanoTime();
        boolean interrupted = false;
        parked = Thread.currentThread();
        try {
            while (!condition.getAsBoolean()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted(); // or park would return at once from now on
            }
            return true;
        } finally {
            parked = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets the waiting thread, if there is one, look at its condition again. */
    void signal() {
        Thread thread = parked;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
