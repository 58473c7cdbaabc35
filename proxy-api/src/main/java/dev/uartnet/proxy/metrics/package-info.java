/**
 * A client's link as Micrometer meters: {@link dev.uartnet.proxy.metrics.LinkMetrics}.
 *
 * <p>The one package that depends on Micrometer, which is optional: nothing else here may refer to it, or to this package, so that
 * everything else works without {@code io.micrometer:micrometer-core}. May depend on {@code dev.uartnet.proxy} and the link's
 * snapshots.
 */
@NullMarked
package dev.uartnet.proxy.metrics;

import org.jspecify.annotations.NullMarked;
