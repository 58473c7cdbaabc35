package dev.uartnet.benchmarks.codec;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs a benchmark on a thread as event loops have it: Netty's allocators and recyclers are made for those. JMH makes it by its name. */
public final class EventLoopThread extends ThreadPoolExecutor {
    static final String CUSTOM = "-Djmh.executor=CUSTOM";
    static final String CLASS = "-Djmh.executor.class=dev.uartnet.benchmarks.codec.EventLoopThread";
    /** By default Netty follows one buffer in 128, which costs 12 bytes a buffer. */
    static final String NO_LEAK_SAMPLING = "-Dio.netty.leakDetection.level=disabled";

    /** What JMH calls; an iteration may begin while the thread of the last one is still ending. */
    public EventLoopThread(int threads, String prefix) {
        super(threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
