package dev.uartnet.codec;

/**
 * User event: the line has spoilt a frame, and it was dropped. Handlers pass it on, so that every layer above can count it.
 *
 * @param damage what was wrong with it
 */
public record FrameDamaged(Damage damage) {
    /** What can be wrong with a frame. */
    public enum Damage {
        /** The SLIP escape byte was followed by none of the two that it may precede. */
        ESCAPE,
        /** It was longer than this end accepts. */
        TOO_LONG,
        /** It was too short to hold its check. */
        TOO_SHORT,
        /** Its check did not match. */
        CHECK
    }
}
