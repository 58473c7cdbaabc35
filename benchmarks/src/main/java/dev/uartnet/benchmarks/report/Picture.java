package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Series;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one picture shows besides its lines.
 *
 * @param plot its title
 * @param note which way the bytes go, on which line and device, and what the names mean
 * @param file its name as a picture of the README; null: in the report only
 */
record Picture(String plot, String note, @Nullable String file) {
    private static final double BITS_PER_BYTE = 10;
    private static final double KILO = 1_000;
    private static final double ERRORS_BAUD = 921_600;

    private static final List<Picture> KNOWN = List.of(
            new Picture(
                    "Goodput against line rate",
                    "Down (from the network to this machine), one connection, the real firmware. USB 16 ms: through a USB adapter that keeps "
                            + "bytes for up to 16 ms to hand over more at once, as FTDI's do by default.",
                    "goodput-line-rate.svg"),
            new Picture(
                    "Goodput against byte error rate",
                    "Down (from the network to this machine), one connection, the real firmware, a line of 921,600 baud. 1e-4: one byte of 10,000 "
                            + "is damaged.",
                    "goodput-errors.svg"),
            new Picture(
                    "Goodput against size of the transfer, unpaced",
                    "Down, one connection, with the time to connect and to ask; a line as fast as this machine moves its bytes.",
                    null),
            new Picture(
                    "Host CPU a MB against sockets on one line",
                    "Down, all sockets together, with connecting and closing them; a line of 3,000,000 baud.",
                    null),
            new Picture(
                    "Host CPU a MB against lines in one process",
                    "Down, all lines together, simulated devices; lines as fast as this machine moves their bytes.",
                    null));

    static Picture of(String plot) {
        return KNOWN.stream()
                .filter(picture -> picture.plot().equals(plot))
                .findFirst()
                .orElse(new Picture(plot, "", null));
    }

    /**
     * Returns what a line could carry that has no frames, no checks and no errors: for the README's pictures; null for the others.
     *
     * @param lines of the picture, at least one
     */
    @Nullable
    Series ideal(List<Series> lines) {
        if (file == null) {
            return null;
        }
        Series like = lines.get(0);
        double[] all = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> point[0])
                .sorted()
                .toArray();
        boolean byRate = like.xUnit().equals("baud");
        List<double[]> ends = List.of(end(all[0], byRate), end(all[all.length - 1], byRate));
        return new Series(
                plot,
                Plot.IDEAL + ": nothing but payload",
                like.x(),
                like.xUnit(),
                like.y(),
                like.yUnit(),
                like.xLog(),
                like.yLog(),
                ends);
    }

    private static double[] end(double x, boolean byRate) {
        return new double[] {x, (byRate ? x : ERRORS_BAUD) / BITS_PER_BYTE / KILO};
    }
}
