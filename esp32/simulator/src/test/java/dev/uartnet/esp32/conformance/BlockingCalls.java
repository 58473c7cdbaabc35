package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.blockhound.BlockHound;

/** Calls that block an event loop's thread make a test fail. */
public final class BlockingCalls {
    private static final Queue<Throwable> FOUND = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.builder()
                .loadIntegrations() // Netty's own: what an event loop's thread is
                // The suite's own listeners hand over to the test's thread.
                .allowBlockingCallsInside(HostChannel.class.getName(), "onData")
                .blockingMethodCallback(method -> FOUND.add(new AssertionError("blocking call: " + method)))
                .install();
    }

    private BlockingCalls() {}

    /** From now on, in this JVM. */
    public static void watch() {}

    public static void assertNone() {
        assertThat(FOUND).isEmpty();
    }
}
