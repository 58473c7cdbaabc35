package dev.uartnet.benchmarks.link;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the host's threads and the device's process have used so far. Not the simulated line's, nor the server's: those belong to the test bed.
 *
 * @param cpuNanos of the host's event loops and its ports' threads
 * @param allocatedBytes by them
 * @param threads how many they are
 * @param deviceNanos of the device's process, in steps of 10 ms; 0 if it is in this process
 */
record HostCost(long cpuNanos, long allocatedBytes, int threads, long deviceNanos) {
    /** Fields of /proc/PID/stat behind the name: user and system time, in 1/100 s (USER_HZ is 100 on every Linux that Java runs on). */
    private static final int USER_TIME = 11;

    private static final long TICK_NANOS = 10_000_000;

    /** @param devicePid process of the device, or -1 */
    static HostCost now(long devicePid) throws IOException {
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long cpu = 0;
        long allocated = 0;
        int threads = 0;
        for (ThreadInfo thread : beans.getThreadInfo(beans.getAllThreadIds())) {
            if (thread != null && isHost(thread.getThreadName())) {
                cpu += Math.max(0, beans.getThreadCpuTime(thread.getThreadId()));
                allocated += Math.max(0, beans.getThreadAllocatedBytes(thread.getThreadId()));
                threads++;
            }
        }
        return new HostCost(cpu, allocated, threads, devicePid < 0 ? 0 : processNanos(devicePid));
    }

    private static boolean isHost(String name) {
        return name.startsWith("host") || name.startsWith("uart-") && !name.endsWith("memory-b");
    }

    private static long processNanos(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1])) * TICK_NANOS;
    }

    HostCost since(HostCost before) {
        return new HostCost(
                cpuNanos - before.cpuNanos,
                allocatedBytes - before.allocatedBytes,
                threads,
                deviceNanos - before.deviceNanos);
    }
}
