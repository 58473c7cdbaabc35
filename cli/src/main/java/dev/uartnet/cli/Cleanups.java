package dev.uartnet.cli;

import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What has to be undone when a command ends: by the command itself, or by a signal's thread if a signal comes first. Each is run
 * exactly once; whoever comes second waits for the first.
 */
final class Cleanups {
    /** One thing to undo. */
    interface Registration {
        /** Undoes it, unless that was done before. */
        void close();
    }

    /** What is done meanwhile. */
    interface Work {
        void run() throws Exception;
    }

    private final ArrayDeque<Once> stack = new ArrayDeque<>();
    private volatile boolean shuttingDown;

    /** Adds an action. When a signal is ending the process already, it is run at once. */
    Registration add(Runnable action) {
        Once once = new Once(action);
        boolean late;
        synchronized (stack) {
            late = shuttingDown;
            if (!late) {
                stack.push(once);
            }
        }
        if (late) {
            once.run();
        }
        return () -> {
            // It stays in the stack meanwhile: a signal's thread has to wait for its end.
            once.run();
            synchronized (stack) {
                stack.remove(once);
            }
        };
    }

    /** Does some work, and afterwards, whatever happens, an action. */
    void doAfter(Runnable action, Work work) throws Exception {
        Registration registration = add(action);
        try {
            work.run();
        } finally {
            registration.close();
        }
    }

    /** Whether a signal has ended the command: it has nothing more to say. */
    boolean isShuttingDown() {
        return shuttingDown;
    }

    /** Returns at once, unless a signal is ending the process: then never. */
    void awaitShutdown() throws InterruptedException {
        if (shuttingDown) {
            new CountDownLatch(1).await();
        }
    }

    /** Runs all, newest first. For the signal's thread. */
    void runAll() {
        shuttingDown = true;
        while (true) {
            Once next;
            synchronized (stack) {
                next = stack.poll();
            }
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    private static final class Once {
        private final Runnable action;
        private final AtomicBoolean done = new AtomicBoolean();

        Once(Runnable action) {
            this.action = action;
        }

        synchronized void run() {
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        }
    }
}
