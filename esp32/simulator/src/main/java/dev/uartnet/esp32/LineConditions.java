package dev.uartnet.esp32;

import dev.uartnet.transport.FlowControl;
import java.time.Duration;

/**
 * What one direction of a line is like.
 *
 * @param baud its speed; 0: that of its sender
 * @param maxCleanBaud above this speed bytes are damaged
 * @param faults at first
 * @param latency for which the receiver's adapter collects bytes; zero: not at all
 * @param fifoBytes what the receiver's FIFO holds; 0: no limit
 * @param flowControl whether a full FIFO loses bytes
 * @param seed of all that is random
 */
record LineConditions(
        int baud,
        int maxCleanBaud,
        LineFaults faults,
        Duration latency,
        int fifoBytes,
        FlowControl flowControl,
        long seed) {

    /** Damage at speeds above the clean ones: a frame of 100 bytes passes once in 170. */
    private static final double UNCLEAN_BYTE_ERROR = 0.05;

    /** What that speed makes of those faults. */
    LineFaults at(int senderBaud, LineFaults wanted) {
        if (senderBaud <= maxCleanBaud || wanted.byteError() >= UNCLEAN_BYTE_ERROR) {
            return wanted;
        }
        double others = wanted.total() - wanted.byteError();
        return wanted.withByteError(Math.max(wanted.byteError(), Math.min(UNCLEAN_BYTE_ERROR, 0.999 - others)));
    }
}
