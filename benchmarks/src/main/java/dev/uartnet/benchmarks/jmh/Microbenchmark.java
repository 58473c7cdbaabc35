package dev.uartnet.benchmarks.jmh;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What one of JMH's benchmarks has shown, as figures with the targets that there are. */
final class Microbenchmark {
    private static final String GARBAGE = "gc.alloc.rate.norm";
    private static final String HOST = "host: CPU, which this is all about";
    /** Frames of this size and more are what MB a second are asked for. */
    private static final int FULL_FRAME = 1_000;

    private static final double RANDOM_WANTED = 1_000;
    private static final double PLAIN_WANTED = 3_000;
    /** The smallest object has 16 bytes: less is what timers make beside it. */
    private static final double NO_GARBAGE = 0.5;

    private final RunResult result;
    private final BenchmarkParams parameters;

    Microbenchmark(RunResult result) {
        this.result = result;
        parameters = result.getParams();
    }

    List<Figure> figures() {
        Result<?> score = result.getPrimaryResult();
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(
                group(),
                name(),
                score.getScore(),
                score.getScoreUnit(),
                null,
                null,
                null,
                score.getStatistics().getMin(),
                score.getStatistics().getMax(),
                (int) score.getStatistics().getN(),
                null,
                null));
        Double megabytes = megabytes(score);
        if (megabytes != null) {
            Figure rate = Figure.of(group(), name(), "MB/s", megabytes);
            figures.add(isToTheWire() ? rate.atLeast(wanted()).limit(HOST) : rate);
        }
        Repetitions garbage = garbage();
        if (garbage != null) {
            Figure bytes = Figure.of(group(), name(), "bytes allocated an operation", garbage);
            figures.add(
                    hasNoGarbage()
                            ? bytes.atMost(NO_GARBAGE).limit("host: buffers and objects that are made for each frame")
                            : bytes);
        }
        return figures;
    }

    private String group() {
        String name = parameters.getBenchmark();
        String type = name.substring(0, name.lastIndexOf('.'));
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private String method() {
        return parameters.getBenchmark().substring(parameters.getBenchmark().lastIndexOf('.') + 1);
    }

    private String name() {
        StringBuilder name = new StringBuilder(method());
        for (String key : parameters.getParamsKeys()) {
            name.append(", ").append(key).append(' ').append(parameters.getParam(key));
        }
        return name.toString();
    }

    private @Nullable String parameter(String key) {
        return parameters.getParamsKeys().contains(key) ? parameters.getParam(key) : null;
    }

    private int size() {
        String size = parameter("size");
        return size == null ? 0 : Integer.parseInt(size);
    }

    /** Of full frames; null where there are none. */
    private @Nullable Double megabytes(Result<?> score) {
        if (size() < FULL_FRAME) {
            return null;
        }
        return switch (score.getScoreUnit()) {
            case "ns/op" -> size() * 1e3 / score.getScore();
            case "ops/s" -> size() * score.getScore() / 1e6;
            default -> null;
        };
    }

    /** SLIP and CRC alone. */
    private boolean isToTheWire() {
        return group().equals("FrameBenchmark") && (method().equals("encode") || method().equals("decode"));
    }

    private double wanted() {
        return "random".equals(parameter("data")) ? RANDOM_WANTED : PLAIN_WANTED;
    }

    /** From the port to the application's pipeline, and back; whole frames. */
    private boolean hasNoGarbage() {
        return isToTheWire()
                || (group().equals("StreamBenchmark") || group().equals("LinkFrameBenchmark"))
                        && (method().equals("down") || method().equals("up"));
    }

    private @Nullable Repetitions garbage() {
        double[] all = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(IterationResult::getSecondaryResults)
                .filter(results -> results.containsKey(GARBAGE))
                .mapToDouble(results -> results.get(GARBAGE).getScore())
                .filter(value -> !Double.isNaN(value))
                .toArray();
        return all.length == 0 ? null : Repetitions.of(all);
    }
}
