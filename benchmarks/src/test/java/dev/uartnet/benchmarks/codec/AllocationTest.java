package dev.uartnet.benchmarks.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The steady state makes no garbage: not from the port to an application's pipeline, nor back; nor at the device's end, which runs on the same thread
 * here. Netty's leak detection, which follows buffers with objects of its own, is off meanwhile: paranoid as it is in tests, it would be all that
 * is measured.
 */
class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int FRAMES = 20_000;
    /** Room for timers and what else comes by the second; the smallest object has 16 bytes. */
    private static final double BYTES_A_FRAME_MAX = 4;

    private static ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @BeforeAll
    static void followNoBuffers() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterAll
    static void followThemAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    private interface Frames {
        void move(StreamPipeline pipeline, byte[] bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 1_000})
    void aWriteOfAnApplicationMakesNoGarbage(int size) throws Exception {
        assertThat(bytesAFrame(size, StreamPipeline::down)).isLessThan(BYTES_A_FRAME_MAX);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 1_000})
    void whatComesForAnApplicationMakesNoGarbage(int size) throws Exception {
        assertThat(bytesAFrame(size, StreamPipeline::up)).isLessThan(BYTES_A_FRAME_MAX);
    }

    /** On a thread as event loops have it. */
    private static double bytesAFrame(int size, Frames frames) throws Exception {
        AtomicReference<Object> result = new AtomicReference<>();
        Thread thread = new FastThreadLocalThread(() -> {
            try {
                result.set(measured(size, frames));
            } catch (Throwable t) {
                result.set(t);
            }
        });
        thread.start();
        thread.join();
        if (result.get() instanceof Throwable t) {
            throw new AssertionError(t);
        }
        return (double) result.get();
    }

    private static double measured(int size, Frames frames) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        try (StreamPipeline pipeline = new StreamPipeline()) {
            for (int i = 0; i < WARM_UP; i++) {
                frames.move(pipeline, bytes);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < FRAMES; i++) {
                frames.move(pipeline, bytes);
            }
            return (double) (threads.getCurrentThreadAllocatedBytes() - before) / FRAMES;
        }
    }
}
