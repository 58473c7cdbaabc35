package dev.uartnet.codec.link;

/** The line's speed could not be changed; the session goes on, unless the reason says otherwise. */
public final class SpeedChangeException extends LinkException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** There is no session, or one in which the speed cannot be changed. */
        NOT_OFFERED,
        /** Another change is under way. */
        IN_PROGRESS,
        /** The device does not want that speed. */
        REFUSED,
        /** The device has not answered the proposal. */
        NO_ANSWER,
        /** This end's line cannot have that speed. */
        NOT_POSSIBLE,
        /** The ends did not hear each other at the new speed. */
        NOT_HEARD,
        /** The session has ended meanwhile. */
        SESSION_ENDED
    }

    private final Reason reason;
    private final int baudRate;

    SpeedChangeException(Reason reason, int baudRate, String message) {
        super(message);
        this.reason = reason;
        this.baudRate = baudRate;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }

    /** Returns the speed that the line has instead, bits a second. */
    public int baudRate() {
        return baudRate;
    }
}
