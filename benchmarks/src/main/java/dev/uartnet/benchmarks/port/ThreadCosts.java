package dev.uartnet.benchmarks.port;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Predicate;

/** What some of this JVM's threads have cost so far; the compiler's and the collector's are never among them. */
record ThreadCosts(long cpuNanos, long allocatedBytes, int threads) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Of the threads of such names that live. */
    static ThreadCosts of(Predicate<String> names) {
        long[] ids = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(info -> info != null && names.test(info.getThreadName()))
                .mapToLong(java.lang.management.ThreadInfo::getThreadId)
                .toArray();
        long cpu = Arrays.stream(THREADS.getThreadCpuTime(ids)).sum();
        long allocated = Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
        return new ThreadCosts(cpu, allocated, ids.length);
    }

    static boolean isPortsOrLoops(String name) {
        return name.startsWith("uart-") || name.startsWith(Way.LOOP_THREAD);
    }

    ThreadCosts since(ThreadCosts before) {
        return new ThreadCosts(cpuNanos - before.cpuNanos, allocatedBytes - before.allocatedBytes, threads);
    }
}
