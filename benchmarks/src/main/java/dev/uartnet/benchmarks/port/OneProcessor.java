package dev.uartnet.benchmarks.port;

import java.io.IOException;

/**
 * Keeps this process and those that it starts on one processor, by {@code taskset}, until it is closed. Two ends of a ping on two processors measure how long
 * each takes to wake the other one (6 us or 90 us, as the scheduler likes), not the program.
 */
final class OneProcessor implements AutoCloseable {
    /** Asked before: afterwards there is one. */
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final boolean pinned;

    OneProcessor() throws IOException, InterruptedException {
        pinned = PROCESSORS > 1 && taskset("0");
    }

    /** False where there is no {@code taskset}. */
    boolean isPinned() {
        return pinned;
    }

    private static boolean taskset(String processors) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(
                                    "taskset",
                                    "-a",
                                    "-c",
                                    "-p",
                                    processors,
                                    Long.toString(ProcessHandle.current().pid()))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) { // there is none
            return false;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (pinned) {
            taskset("0-" + (PROCESSORS - 1));
        }
    }
}
