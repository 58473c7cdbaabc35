/**
 * The report: one page and two pictures out of the files in benchmarks/results. {@link dev.uartnet.benchmarks.report.ResultFiles} reads, {@link
 * dev.uartnet.benchmarks.report.Plot} draws, {@link dev.uartnet.benchmarks.report.Page} writes; {@link dev.uartnet.benchmarks.report.Glossary}, {@link
 * dev.uartnet.benchmarks.report.Picture} and {@link dev.uartnet.benchmarks.report.Palette} are what they say and show besides the figures.
 *
 * <p>May depend on the measuring module's results and on the list of parts only.
 */
@NullMarked
package dev.uartnet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
