package dev.uartnet.codec.link;

/**
 * Written to a host's channel in a session, changes the line's speed (PROTOCOL.md, section 6). The write succeeds when both ends have
 * heard each other at the new speed; until then data waits, some tens of milliseconds. It fails with {@link
 * SpeedChangeException}, and the line is then back at the speed that it had, if it can carry that.
 *
 * @param baud the speed that is wanted, bits a second
 */
public record SpeedChange(int baud) {
    public SpeedChange {
        if (baud < SpeedControl.BAUD_MIN || baud > SpeedControl.BAUD_MAX) {
            throw new IllegalArgumentException("a line's speed is changed to " + SpeedControl.BAUD_MIN + " to "
                    + SpeedControl.BAUD_MAX + " baud: " + baud);
        }
    }
}
