package dev.uartnet.measure;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param plot title of the picture; series with the same one are drawn together
 * @param name of this line
 * @param x what the axis shows, {@code y} likewise
 * @param points pairs of x and y, by x
 */
public record Series(
        String plot,
        String name,
        String x,
        String xUnit,
        String y,
        String yUnit,
        boolean xLog,
        boolean yLog,
        List<double[]> points) {}
