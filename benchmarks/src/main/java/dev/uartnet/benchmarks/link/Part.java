package dev.uartnet.benchmarks.link;

/** A part of the link benchmark, which can be run alone. */
interface Part {
    void measure(Run run) throws Exception;
}
