package dev.uartnet.codec.link;

/**
 * User event in a session: the line has another speed now.
 *
 * @param baud the speed in force, bits a second
 * @param reason why it was changed
 */
public record SpeedChanged(int baud, Reason reason) {
    /** Why a speed was changed. */
    public enum Reason {
        /** The host wanted it. */
        REQUESTED,
        /** Too many frames were lost at the speed before. */
        ERRORS,
        /** Nothing was heard at the speed before; this is the one at which the session began. */
        SILENCE
    }
}
