package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Results;

/**
 * A file of results.
 *
 * @param part that made it, by its name on the command line; another file: its own name
 */
record ResultFile(String part, Results results) {}
