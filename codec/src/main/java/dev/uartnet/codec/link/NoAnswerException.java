package dev.uartnet.codec.link;

/** No session came about: the device did not answer HELLO within the connect timeout. */
public final class NoAnswerException extends LinkException {
    private static final long serialVersionUID = 1L;

    /** What was heard instead of an answer. */
    public enum Heard {
        /** Not one byte. */
        SILENCE,
        /** Bytes, but no whole frame: another speed, a boot log, another program. */
        GARBAGE,
        /** Whole frames with a right CRC, but no WELCOME. */
        OTHER_FRAMES
    }

    private final Heard heard;

    public NoAnswerException(Heard heard, String message) {
        super(message);
        this.heard = heard;
    }

    /** Returns what was heard instead of an answer. */
    public Heard heard() {
        return heard;
    }
}
