package dev.uartnet.proxy.board;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A change of an input's level ({@link InputPin#edges}).
 *
 * @param time when, by the device: since it booted, in microseconds
 * @param level the level after it: true is high
 * @param lost how many edges were lost right before this one, for want of room in the device
 */
public record PinEdge(Duration time, boolean level, long lost) {
    static PinEdge of(Optional<Object> item) {
        Answer edge = Answer.ofItem("edge of a pin", item);
        Long lost = edge.number(2);
        return new PinEdge(
                Duration.of(edge.requiredNumber(0), ChronoUnit.MICROS), edge.requiredLevel(1), lost == null ? 0 : lost);
    }
}
