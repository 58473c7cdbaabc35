package dev.uartnet.benchmarks.rig;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the host's threads and a device's process have used so far. Not the simulated line's, nor the server's, nor the simulator's: those belong to the test bed.
 *
 * @param cpuNanos of the host's event loops and its ports' threads
 * @param allocatedBytes by them
 * @param threads how many they are
 * @param deviceNanos of the device's process; 0 if it is in this process
 */
public record HostCost(long cpuNanos, long allocatedBytes, int threads, long deviceNanos) {
    /** @param devicePid process of the device, or -1 */
    public static HostCost now(long devicePid) throws IOException {
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

    /** The threads of a simulator's port have other names than those of a pseudo terminal that the host has opened. */
    private static boolean isHost(String name) {
        return name.startsWith(Loops.HOST)
                || name.startsWith("uart-") && name.contains("-/dev/") && !name.endsWith("-master");
    }

    private static long processNanos(long pid) throws IOException {
        // The scheduler's own sum; /proc/PID/stat counts in steps of 10 ms.
        String sum = Files.readString(Path.of("/proc", Long.toString(pid), "schedstat"));
        return Long.parseLong(sum.substring(0, sum.indexOf(' ')));
    }

    public HostCost since(HostCost before) {
        return new HostCost(
                cpuNanos - before.cpuNanos,
                allocatedBytes - before.allocatedBytes,
                threads,
                deviceNanos - before.deviceNanos);
    }
}
