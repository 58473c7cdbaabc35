package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import reactor.blockhound.BlockHound;

/** Calls that block an event loop's thread make a test fail. */
public final class BlockingCalls {
    private static final int FRAMES = 25;
    /** Where they come from; each place once. */
    private static final Set<String> FOUND = ConcurrentHashMap.newKeySet();

    static {
        BlockHound.builder()
                .loadIntegrations() // Netty's own: what an event loop's thread is
                // Of which it forgets one that has to wait for work, as the others do.
                .allowBlockingCallsInside("io.netty.channel.local.LocalIoHandler", "run")
                // The JDK reads a file of properties where the first socket of some kinds is made.
                .allowBlockingCallsInside("java.net.SocketImpl", "<clinit>")
                // Netty's allocator locks for a moment where threads meet in its pool.
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "allocate")
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .blockingMethodCallback(method -> FOUND.add(where(method.toString())))
                .install();
    }

    private BlockingCalls() {}

    private static String where(String method) {
        return StackWalker.getInstance().walk(frames -> frames.skip(1)
                .limit(FRAMES)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", method, "")));
    }

    /** From now on, in this JVM. */
    public static void watch() {}

    /** Of those since the last call. */
    public static void assertNone() {
        Set<String> found = Set.copyOf(FOUND);
        FOUND.clear();
        assertThat(found).isEmpty();
    }
}
