package dev.uartnet.codec.link;

import dev.uartnet.codec.link.FaultSchedule.Kind;

/** Why, and when, a session of a schedule may end. */
final class SessionEnds {
    private static final long SECONDS = 1_000_000_000L;

    private final FaultSchedule schedule;

    SessionEnds(FaultSchedule schedule) {
        this.schedule = schedule;
    }

    /** The host's attempt or session has ended, and not because the host wanted it. */
    void ofHost(Conversation own, Throwable cause, long now) {
        if (own.hostBegan) {
            boolean offerForgotten = !own.deviceBegan && schedule.kind != Kind.CLEAN;
            ofSession(cause, offerForgotten, now);
        } else {
            boolean mayFail = cause instanceof NoAnswerException && schedule.kind != Kind.CLEAN;
            expect(mayFail, "the host's attempt failed", cause);
        }
    }

    /**
     * A session has ended.
     *
     * @param excused whether the schedule knows a reason of its own
     */
    void ofSession(Throwable cause, boolean excused, long now) {
        expect(schedule.mayEnd() || excused, "a session ended without need", cause);
        boolean lost = cause instanceof FrameLostException;
        if (cause instanceof LinkResetException reset) {
            switch (reset.reason()) {
                case NO_SESSION, SILENT, BOOT, CLOSED -> {}
                case FRAME_LOST -> lost = true;
                case VERSION, BUSY, PROTOCOL -> expect(false, "a session ended for a strange reason", cause);
            }
        }
        expect(!lost || !schedule.retransmits(), "a frame was lost for good", cause);
        long settled = schedule.quietFrom + 3 * schedule.host.keepalive().toNanos() + 10 * SECONDS;
        expect(excused || now < settled, "a session ended on a line that is good again", cause);
    }

    private static void expect(boolean condition, String what, Throwable cause) {
        if (!condition) {
            throw new AssertionError(what + ": " + cause);
        }
    }
}
