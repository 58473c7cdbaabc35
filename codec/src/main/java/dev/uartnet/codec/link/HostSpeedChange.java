package dev.uartnet.codec.link;

import dev.uartnet.codec.link.SpeedChangeException.Reason;
import dev.uartnet.codec.link.SpeedProposal.Step;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a change of speed (PROTOCOL.md, section 6):
 * STEADY → DRAINING → PROPOSED → CHANGING → TRYING → CONFIRMING → STEADY, and from PROPOSED on, when it fails, RETURNING → STEADY. At
 * a changed speed it watches the losses, and proposes a slower one by itself.
 */
final class HostSpeedChange extends SpeedControl {
    private static final long PROPOSE_INTERVAL_MILLIS = 50;
    private static final long TRY_INTERVAL_MILLIS = 20;
    private static final long ANSWER_MILLIS = 1_000;
    private static final long DRAIN_MILLIS = 500;
    /** In a row, at a changed speed: some 0.6 s in which nothing got through. */
    private static final int TIMEOUTS_MAX = 4;
    /** Without any DATA between: large frames do not arrive at all, so slowly that no stretch gets full. */
    private static final int DAMAGED_MAX = 8;
    /** What the device may have to send before it can answer: its pipe, and what was lost of it. */
    private static final int FULL_FRAMES_DRAINED = 5;
    /** Longer than the device's wait, so that it is there first. */
    private static final long CHANGE_OVER_MILLIS = 20;
    /** A port that has not taken its new speed by then, hangs. */
    private static final long SET_MILLIS = 2_000;

    private enum State {
        STEADY,
        /** Waits for the acknowledgement of what was sent. */
        DRAINING,
        PROPOSED,
        /** The device has agreed; the line is being set. */
        CHANGING,
        /** Sends what the device is to answer at the new speed. */
        TRYING,
        /** Has heard the device at the new speed, and tells it. */
        CONFIRMING,
        /** Asks for a sign of life at the speed from before. */
        RETURNING
    }

    private final LossWatch incoming = new LossWatch();
    private final LossWatch outgoing = new LossWatch();

    private State state = State.STEADY;
    private int wanted;
    private SpeedChanged.Reason why = SpeedChanged.Reason.REQUESTED;
    private @Nullable ChannelPromise promise;
    private @Nullable SpeedChangeException failure;
    private long deadline;
    /** Half the speed did not work either; the first one will. */
    private boolean halfFailed;

    private int timeouts;
    private int damagedInARow;
    /** In RETURNING: the line has its speed again, so what is heard is heard there. */
    private boolean isReturned;

    HostSpeedChange(LinkHandler link, LineSpeed line) {
        super(link, line);
    }

    /** Begins a change; the promise learns how it ends. */
    void request(int baud, ChannelPromise asked) {
        if (state != State.STEADY) {
            asked.setFailure(failed(Reason.IN_PROGRESS, baud, "another change of speed is under way"));
            return;
        }
        if (baud == inForce()) {
            asked.setSuccess();
            return;
        }
        promise = asked;
        begin(baud, SpeedChanged.Reason.REQUESTED);
    }

    private void begin(int baud, SpeedChanged.Reason reason) {
        wanted = baud;
        why = reason;
        to(State.DRAINING);
        if (link.sendWindow().isEmpty()) {
            propose();
        } else {
            // On a line that is bad enough large frames never arrive; they are repeated afterwards.
            after(DRAIN_MILLIS + drainingMillis(), this::propose);
        }
    }

    @Override
    void progress() {
        timeouts = 0;
        if (state == State.DRAINING && link.sendWindow().isEmpty()) {
            propose();
        }
    }

    @Override
    void timeout() {
        timeouts++;
        if (timeouts >= TIMEOUTS_MAX) {
            slowDown();
        }
    }

    /** How long the frames take that may be on the line. */
    private long drainingMillis() {
        return FULL_FRAMES_DRAINED * link.config.withBaudRate(inForce()).fullFrameNanos() / 1_000_000;
    }

    private void propose() {
        to(State.PROPOSED);
        deadline = in(ANSWER_MILLIS + drainingMillis());
        sayPropose();
    }

    private void sayPropose() {
        if (link.nanoTime() - deadline >= 0) {
            failure = failed(Reason.NO_ANSWER, wanted, "the device has not answered the proposal");
            returnToSpeedInForce();
            return;
        }
        link.frames.send(new SpeedProposal(Step.PROPOSE, wanted));
        after(interval(PROPOSE_INTERVAL_MILLIS, FRAME_BYTES, inForce()), this::sayPropose);
    }

    @Override
    void received(SpeedProposal proposal) {
        boolean fits = proposal.baud() == wanted;
        if (fits && state == State.PROPOSED && proposal.step() == Step.AGREE) {
            to(State.CHANGING);
            after(CHANGE_OVER_MILLIS, this::changeOver);
        } else if (fits && state == State.PROPOSED && proposal.step() == Step.REFUSE) {
            failure = failed(Reason.REFUSED, wanted, "the device refuses it");
            finish();
        } else if (fits && state == State.TRYING && proposal.step() == Step.TRY) {
            to(State.CONFIRMING);
            tryNewSpeed();
        } else if (fits && state == State.CONFIRMING && proposal.step() == Step.CONFIRM) {
            nowInForce(wanted);
            halfFailed = false;
            finish();
            link.speedChanged(new SpeedChanged(wanted, why));
        } else {
            link.meter.ignored();
        }
    }

    private void changeOver() {
        after(SET_MILLIS, this::notPossible);
        set(wanted, possible -> {
            if (possible) {
                to(State.TRYING);
                deadline = in(trialMillis(wanted));
                tryNewSpeed();
            } else {
                notSet();
                notPossible();
            }
        });
    }

    private void notPossible() {
        failure = failed(Reason.NOT_POSSIBLE, wanted, "this end's port does not take it");
        goBack();
    }

    private void tryNewSpeed() {
        if (link.nanoTime() - deadline >= 0) {
            failure = failed(
                    Reason.NOT_HEARD,
                    wanted,
                    state == State.TRYING
                            ? "the device was not heard at that speed"
                            : "the device was heard at that speed, but did not hear this end");
            goBack();
            return;
        }
        boolean trying = state == State.TRYING;
        // A slower speed cannot be worse than this one.
        int tryBytes = trying && wanted > inForce() ? SpeedProposal.TRY_BYTES_MAX : 0;
        link.frames.send(new SpeedProposal(trying ? Step.TRY : Step.CONFIRM, wanted, tryBytes));
        after(interval(TRY_INTERVAL_MILLIS, FRAME_BYTES + tryBytes, wanted), this::tryNewSpeed);
    }

    @Override
    void heard() {
        incoming.frame();
        if (state == State.RETURNING && isReturned) {
            finish();
        }
    }

    /** To the speed in force, where the device is or soon will be. */
    private void goBack() {
        link.keepalive.countAgain();
        returnToSpeedInForce();
    }

    private void returnToSpeedInForce() {
        to(State.RETURNING);
        isReturned = lineBaud() == inForce();
        if (isReturned) {
            probeAtOldSpeed();
        } else {
            set(inForce(), possible -> {
                isReturned = true;
                probeAtOldSpeed();
            });
        }
    }

    private void probeAtOldSpeed() {
        link.frames.sendNow(FrameType.PROBE);
        after(interval(TRY_INTERVAL_MILLIS, FRAME_BYTES, inForce()), this::probeAtOldSpeed);
    }

    @Override
    void fallBack() {
        if (state == State.DRAINING || state == State.PROPOSED) {
            failure = failed(Reason.NO_ANSWER, wanted, "nothing was heard any more");
        }
        returnToSpeedInForce();
    }

    /** Steady again, at whatever speed is in force. */
    private void finish() {
        SpeedChangeException failed = failure;
        failure = null;
        to(State.STEADY);
        incoming.clear();
        outgoing.clear();
        link.resume();
        ChannelPromise asked = promise;
        promise = null;
        if (asked != null) {
            if (failed == null) {
                asked.trySuccess();
            } else {
                asked.tryFailure(failed);
            }
        } else if (failed != null && failed.reason() != Reason.NO_ANSWER) {
            halfFailed = true;
        }
    }

    // ---- losses at a changed speed

    @Override
    void damaged() {
        damagedInARow++;
        incoming.frame();
        if (incoming.lost() || damagedInARow >= DAMAGED_MAX) {
            slowDown();
        }
    }

    @Override
    void arrived() {
        damagedInARow = 0;
    }

    @Override
    void sent() {
        outgoing.frame();
    }

    @Override
    void lost() {
        if (outgoing.lost()) {
            slowDown();
        }
    }

    private void slowDown() {
        timeouts = 0;
        damagedInARow = 0;
        incoming.clear();
        outgoing.clear();
        if (state == State.STEADY && inForce() > first()) {
            begin(halfFailed ? first() : Math.max(first(), inForce() / 2), SpeedChanged.Reason.ERRORS);
        }
    }

    // ---- for the link

    @Override
    boolean holdsData() {
        return state != State.STEADY;
    }

    @Override
    boolean holdsRepeats() {
        return state != State.STEADY && state != State.DRAINING;
    }

    @Override
    boolean isTrial() {
        return state == State.CHANGING || state == State.TRYING || state == State.CONFIRMING;
    }

    @Override
    void ended() {
        ChannelPromise asked = promise;
        promise = null;
        to(State.STEADY);
        super.ended();
        if (asked != null) {
            asked.tryFailure(failed(Reason.SESSION_ENDED, wanted, "the session has ended"));
        }
    }

    private SpeedChangeException failed(Reason reason, int baud, String text) {
        return new SpeedChangeException(
                reason,
                inForce(),
                "cannot change the line's speed to " + baud + " baud: " + text + " (it stays at " + inForce() + ")");
    }

    private void to(State next) {
        enter();
        state = next;
    }

    private long in(long millis) {
        return link.nanoTime() + millis * 1_000_000;
    }
}
