package dev.uartnet.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where it was measured. What cannot be found out is null.
 *
 * @param load processes that ran or wanted to, mean of the minute before the start
 */
public record Machine(
        @Nullable String cpu,
        int cores,
        @Nullable Long memoryBytes,
        String kernel,
        String jdk,
        @Nullable String micropython,
        double load) {
    private static final int KILO = 1_024;

    /** Returns this machine, now. */
    public static Machine here(@Nullable String micropython) {
        String memory = line("/proc/meminfo", "MemTotal");
        return new Machine(
                line("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                memory == null ? null : Long.parseLong(memory.replaceAll("\\D", "")) * KILO,
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                micropython,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static @Nullable String line(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException | RuntimeException noLinux) {
            return null;
        }
    }
}
