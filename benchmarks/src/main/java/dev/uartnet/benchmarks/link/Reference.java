package dev.uartnet.benchmarks.link;

import com.sun.management.ThreadMXBean;
import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** What a plain copy reaches through the same simulated line: no frames, no check, no answer. */
final class Reference implements Part {
    private static final String GROUP = "Reference";
    private static final int[] BAUDS = {115_200, 921_600, 2_000_000, 3_000_000, 12_000_000};
    private static final int PIECE = 1_024;

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds());
    }

    @Override
    public void measure(Run run) throws IOException {
        for (int baud : run.effort().lines(BAUDS)) {
            double line = baud / 10.0;
            double[] shares = new double[run.effort().repetitions()];
            for (int i = 0; i < shares.length; i++) {
                shares[i] = 100
                        * copy(baud, (int) Math.max(5_000, line * run.effort().seconds()))
                        / line;
            }
            run.add(Figure.of(
                    GROUP,
                    String.format(Locale.ROOT, "plain copy through the simulated line, %,d baud", baud),
                    "% of the line",
                    Repetitions.of(shares)));
        }
    }

    private static double copy(int baud, int bytes) throws IOException {
        MemoryPort.Pair near = MemoryPort.pair();
        MemoryPort.Pair far = MemoryPort.pair();
        SerialLine line = SerialLine.between(near.b(), far.a()).baud(baud).start();
        try {
            near.a().open(UartSettings.DEFAULT);
            far.b().open(UartSettings.DEFAULT);
            long start = System.nanoTime();
            CompletableFuture<Long> writing = CompletableFuture.supplyAsync(() -> write(near.a(), bytes));
            byte[] piece = new byte[PIECE];
            int came = 0;
            while (came < bytes) {
                int count = far.b().read(piece, 0, piece.length);
                if (count < 0) {
                    throw new IOException("the line ended");
                }
                came += count;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            writing.join();
            return bytes / seconds;
        } finally {
            line.close();
        }
    }

    private static long write(UartPort port, int bytes) {
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = beans.getCurrentThreadCpuTime();
        byte[] piece = new byte[PIECE];
        new SplittableRandom(1).nextBytes(piece);
        try {
            int left = bytes;
            while (left > 0) {
                int count = port.write(piece, 0, Math.min(piece.length, left));
                if (count < 0) {
                    throw new IOException("the port is closed");
                }
                left -= count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return beans.getCurrentThreadCpuTime() - before;
    }

    /** Returns the CPU time, in nanoseconds a MB, of reading and writing a pseudo terminal with nothing else. */
    static double cpuNanosOfACopy(int bytes) throws IOException {
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PseudoTerminal terminal = PseudoTerminal.open();
                FileInputStream in = new FileInputStream(terminal.slavePath())) {
            long nanos = 0;
            // The first round warms up.
            for (int round = 0; round < 2; round++) {
                CompletableFuture<Long> writing =
                        CompletableFuture.supplyAsync(() -> write(terminal.masterPort(), bytes));
                long before = beans.getCurrentThreadCpuTime();
                byte[] piece = new byte[PIECE];
                int came = 0;
                while (came < bytes) {
                    came += Math.max(0, in.read(piece));
                }
                nanos = beans.getCurrentThreadCpuTime() - before + writing.join();
            }
            return nanos / (bytes / 1e6);
        }
    }
}
