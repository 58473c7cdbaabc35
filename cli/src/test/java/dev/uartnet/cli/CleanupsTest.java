package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CleanupsTest {
    private final Cleanups cleanups = new Cleanups();
    private final List<String> done = new ArrayList<>();

    @Test
    void aShutdownRunsThemNewestFirstAndOnlyOnce() {
        Cleanups.Registration link = cleanups.add(() -> done.add("link"));
        Cleanups.Registration file = cleanups.add(() -> done.add("file"));

        cleanups.runAll();
        cleanups.runAll();
        link.close();
        file.close();

        assertThat(done).containsExactly("file", "link");
        assertThat(cleanups.isShuttingDown()).isTrue();
    }

    @Test
    void whatWasUndoneIsNotUndoneAgain() {
        cleanups.add(() -> done.add("link")).close();

        cleanups.runAll();

        assertThat(done).containsExactly("link");
    }

    @Test
    void whatComesAfterAShutdownIsUndoneAtOnce() {
        cleanups.runAll();

        cleanups.add(() -> done.add("late"));

        assertThat(done).containsExactly("late");
    }

    @Test
    void itRunsAfterTheWorkAlsoWhenThatFails() throws Exception {
        cleanups.doAfter(() -> done.add("after"), () -> done.add("work"));
        assertThatThrownBy(() -> cleanups.doAfter(() -> done.add("after failure"), () -> {
                    throw new IllegalStateException("fails");
                }))
                .hasMessage("fails");

        assertThat(done).containsExactly("work", "after", "after failure");
    }

    @Test
    void whoeverComesSecondWaitsForTheFirst() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Cleanups.Registration slow = cleanups.add(() -> {
            running.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            done.add("slow");
        });
        Thread shutdown = new Thread(cleanups::runAll);
        shutdown.start();
        running.await();
        Thread command = new Thread(() -> {
            slow.close();
            done.add("command goes on");
        });
        command.start();
        mayEnd.countDown();
        command.join();
        shutdown.join();

        assertThat(done).containsExactly("slow", "command goes on");
    }

    @Test
    void aShutdownWaitsForWhatTheCommandUndoes() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Cleanups.Registration slow = cleanups.add(() -> {
            running.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            done.add("slow");
        });
        Thread command = new Thread(slow::close);
        command.start();
        running.await();
        Thread shutdown = new Thread(() -> {
            cleanups.runAll();
            done.add("exit");
        });
        shutdown.start();
        // Ends when the shutdown has seen the action, or has passed it by.
        while (shutdown.getState() != Thread.State.BLOCKED && shutdown.isAlive()) {
            Thread.onSpinWait();
        }
        mayEnd.countDown();
        command.join();
        shutdown.join();

        assertThat(done).containsExactly("slow", "exit");
    }
}
