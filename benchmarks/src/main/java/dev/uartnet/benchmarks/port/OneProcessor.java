package dev.uartnet.benchmarks.port;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps this process and those that it starts on one processor, by {@code taskset}, until it is closed. Two ends of a ping on two processors measure how long
 * each takes to wake the other one (6 us or 90 us, as the scheduler likes), not the program.
 * The kernel's own work for a terminal may go to another processor all the same: those are kept awake meanwhile, by a loop with the priority of idling.
 * (A virtual machine's processor that sleeps takes 70 us to wake: a ping was 7 or 146 us, in raw C as well.)
 */
final class OneProcessor implements AutoCloseable {
    /** Asked before: afterwards there is one. */
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** As long as its parent lives. */
    private static final String AWAKE =
            "while kill -0 $PPID 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";

    private final boolean pinned;
    private final List<Process> awake = new ArrayList<>();

    OneProcessor() throws IOException, InterruptedException {
        pinned = PROCESSORS > 1 && taskset("0");
        for (int other = 1; pinned && other < PROCESSORS; other++) {
            awake.add(new ProcessBuilder("taskset", "-c", Integer.toString(other), "chrt", "-i", "0", "sh", "-c", AWAKE)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
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
        awake.forEach(Process::destroyForcibly);
        if (pinned) {
            taskset("0-" + (PROCESSORS - 1));
        }
    }
}
