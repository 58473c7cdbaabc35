/**
 * The report: one page and two pictures out of the files in benchmarks/results. {@link dev.uartnet.benchmarks.report.ResultFiles} reads, {@link
 * dev.uartnet.benchmarks.report.Plot} draws, {@link dev.uartnet.benchmarks.report.Page} writes.
 *
 * <p>May depend on the measuring module's results only.
 */
@NullMarked
package dev.uartnet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
