package dev.uartnet.codec.link;

import dev.uartnet.codec.link.SpeedProposal.Step;

/**
 * The device's side of a change of speed (PROTOCOL.md, section 6): STEADY → DRAINING → AGREED → TRIAL → STEADY, and from TRIAL,
 * when the host does not confirm, RETURNING → STEADY.
 */
final class DeviceSpeedChange extends SpeedControl {
    private static final long PROPOSAL_MILLIS = 1_000;
    private static final long CHANGE_OVER_MILLIS = 10;
    private static final long DRAIN_NANOS = 500_000_000;

    private enum State {
        STEADY,
        /** Waits for the acknowledgement of what was sent. */
        DRAINING,
        /** Has said so, and is about to set the line. */
        AGREED,
        /** At the new speed, until the host confirms. */
        TRIAL,
        /** At the speed from before, until the host is heard. */
        RETURNING
    }

    private State state = State.STEADY;
    private int proposed;
    private long drainingSince;
    /** In RETURNING: the line has its speed again, so what is heard is heard there. */
    private boolean isReturned;

    DeviceSpeedChange(LinkHandler link, LineSpeed line) {
        super(link, line);
    }

    @Override
    void received(SpeedProposal proposal) {
        int baud = proposal.baud();
        if (proposal.step() == Step.PROPOSE) {
            if (state == State.STEADY || state == State.DRAINING) {
                proposed(baud);
                return;
            }
            if (state == State.AGREED && baud == proposed) {
                agree();
                return;
            }
        } else if (proposal.step() == Step.TRY) {
            if (state == State.TRIAL && baud == proposed) {
                link.frames.send(proposal);
                return;
            }
        } else if (proposal.step() == Step.CONFIRM) {
            if (state == State.TRIAL && baud == proposed) {
                link.frames.send(new SpeedProposal(Step.CONFIRM, baud));
                nowInForce(baud);
                steady();
                link.speedChanged(new SpeedChanged(baud, SpeedChanged.Reason.REQUESTED));
                return;
            }
            if (state == State.STEADY && baud == inForce()) {
                link.frames.send(new SpeedProposal(Step.CONFIRM, baud));
                return;
            }
        }
        link.meter.ignored();
    }

    private void proposed(int baud) {
        if (!allows(baud)) {
            link.frames.send(new SpeedProposal(Step.REFUSE, baud));
            if (state == State.DRAINING) {
                steady();
            }
            return;
        }
        proposed = baud;
        if (state == State.STEADY) {
            drainingSince = link.nanoTime();
        }
        to(State.DRAINING);
        if (link.sendWindow().isEmpty() || link.nanoTime() - drainingSince >= DRAIN_NANOS) {
            agree();
        } else {
            after(PROPOSAL_MILLIS, this::steady);
        }
    }

    @Override
    void progress() {
        if (state == State.DRAINING && link.sendWindow().isEmpty()) {
            agree();
        }
    }

    private void agree() {
        to(State.AGREED);
        long leaving = lineMillis(FRAME_BYTES, inForce());
        when(
                link.frames.send(new SpeedProposal(Step.AGREE, proposed)),
                written -> after(leaving + CHANGE_OVER_MILLIS, this::changeOver));
    }

    private void changeOver() {
        to(State.TRIAL);
        after(trialMillis(proposed), this::goBack);
        set(proposed, possible -> {
            if (!possible) {
                notSet();
                goBack();
            }
        });
    }

    private void goBack() {
        link.keepalive.countAgain();
        fallBack();
    }

    @Override
    void fallBack() {
        to(State.RETURNING);
        isReturned = lineBaud() == inForce();
        if (!isReturned) {
            set(inForce(), possible -> isReturned = true);
        }
    }

    @Override
    void heard() {
        if (state == State.RETURNING && isReturned) {
            steady();
        }
    }

    private void steady() {
        to(State.STEADY);
        link.resume();
    }

    @Override
    boolean holdsData() {
        return state != State.STEADY;
    }

    @Override
    boolean holdsRepeats() {
        return state == State.AGREED || state == State.TRIAL || state == State.RETURNING;
    }

    @Override
    boolean isTrial() {
        return state == State.AGREED || state == State.TRIAL;
    }

    @Override
    void ended() {
        to(State.STEADY);
        super.ended();
    }

    private void to(State next) {
        enter();
        state = next;
    }
}
