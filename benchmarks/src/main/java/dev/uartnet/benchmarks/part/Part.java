package dev.uartnet.benchmarks.part;

/** A part of the benchmarks, which can be run alone. */
public interface Part {
    /** Measures, and gives the figures to the run as they are found. */
    void measure(Run run) throws Exception;

    /** Returns in words what warms it up, how often it measures and for how long. */
    String how(Effort effort);
}
