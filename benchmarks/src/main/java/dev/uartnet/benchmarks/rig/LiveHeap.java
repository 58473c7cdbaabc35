package dev.uartnet.benchmarks.rig;

import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;

/** The Java objects that live. */
public final class LiveHeap {
    private static final String BYTE_ARRAYS = "[B";
    /** What cleaners take for what the last collection has found. */
    private static final long CLEANERS_NANOS = 20_000_000;

    private LiveHeap() {}

    /**
     * Collects garbage until there is no more of it (what has a cleaner goes a little later), and returns the bytes of all objects but byte arrays: those are the pools' chunks, which come and go as the allocator likes.
     *
     * @throws IllegalStateException the JVM has no histogram of its heap: it is not HotSpot
     */
    public static long bytes() {
        long bytes = living();
        for (long before = Long.MAX_VALUE; bytes < before; ) {
            LockSupport.parkNanos(CLEANERS_NANOS);
            before = bytes;
            bytes = living();
        }
        return bytes;
    }

    private static long living() {
        String histogram;
        try {
            histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not tell what lives on its heap", e);
        }
        long bytes = 0;
        for (String line : histogram.split("\n", -1)) {
            // "   1:   48313   3412928  [B (java.base@17)", and a total
            String[] fields = line.strip().split(" +", -1);
            if (fields.length >= 4 && fields[0].endsWith(":") && !fields[3].equals(BYTE_ARRAYS)) {
                bytes += Long.parseLong(fields[2]);
            }
        }
        return bytes;
    }
}
