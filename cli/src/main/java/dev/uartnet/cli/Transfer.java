package dev.uartnet.cli;

import java.util.function.LongConsumer;

/** Bytes that take a while to be transferred. */
@FunctionalInterface
interface Transfer {
    /**
     * Transfers them.
     *
     * @param progress gets how many are done so far
     */
    void run(LongConsumer progress) throws Exception;

    /**
     * Runs a transfer, and shows how far it is meanwhile if standard error is a terminal.
     *
     * @param size in bytes, -1 if unknown
     * @param toTerminal whether the terminal shows what is transferred: a bar would stand in its midst
     */
    static void show(Invocation invocation, long size, boolean toTerminal, Transfer transfer) throws Exception {
        if (!invocation.terminal().error() || toTerminal) {
            transfer.run(bytes -> {});
            return;
        }
        ProgressBar bar =
                new ProgressBar(invocation.error(), invocation.terminal().columns(), size, System::nanoTime);
        invocation.cleanups().doAfter(bar::end, () -> transfer.run(bar::update));
    }
}
