package dev.uartnet.codec.link;

import dev.uartnet.codec.link.FaultSchedule.Traffic;
import java.util.Arrays;

/** One attempt of a host at a session, and the session: what was written in it, and what has arrived. */
final class Conversation {
    /** One direction. What arrives is what was written: once, in order, from the first. */
    final class Direction {
        private final boolean isDown;
        private final Traffic traffic;
        private int written;
        private int notSent;
        private int arrived;
        /** When the application has its next message. */
        long nextAt;

        Direction(boolean isDown) {
            this.isDown = isDown;
            traffic = isDown ? schedule.down : schedule.up;
        }

        boolean isComplete() {
            return arrived == traffic.messages();
        }

        /** The next message, which is written now. */
        byte[] next(long now, SplitMix random) {
            if (traffic.gapNanos() > 0) {
                nextAt = now + random.below((int) Math.min(Integer.MAX_VALUE, 2 * traffic.gapNanos()));
            }
            return schedule.message(isDown, hostId, written++);
        }

        void arrived(byte[] message) {
            int n = arrived++;
            expect(n < written, "more arrived than was sent");
            boolean same = Arrays.equals(message, schedule.message(isDown, hostId, n));
            expect(same, "message " + n + (isDown ? " down" : " up") + " is another one than was sent");
            expect(arrived + notSent <= written, "what was not sent has arrived");
        }

        void notSent() {
            notSent++;
            expect(arrived + notSent <= written, "what has arrived was not sent");
        }

        private boolean hasMore() {
            return written < traffic.messages();
        }

        /** What is written waits for so many of the other direction. */
        private boolean waitsFor(Direction other, int messages) {
            return traffic.inTurn() && other.arrived < Math.min(messages, other.traffic.messages());
        }

        @Override
        public String toString() {
            return arrived + " of " + written + " written of " + traffic.messages();
        }
    }

    final int hostId;
    final Direction down;
    final Direction up;
    boolean hostBegan;
    boolean hostEnded;
    boolean deviceBegan;
    boolean deviceEnded;

    private final FaultSchedule schedule;

    Conversation(FaultSchedule schedule, int hostId) {
        this.schedule = schedule;
        this.hostId = hostId;
        down = new Direction(true);
        up = new Direction(false);
    }

    boolean hostHasTurn() {
        return !hostEnded && down.hasMore() && !down.waitsFor(up, down.written);
    }

    boolean deviceHasTurn() {
        return !deviceEnded && up.hasMore() && !up.waitsFor(down, up.written + 1);
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    @Override
    public String toString() {
        return "down " + down + ", up " + up;
    }
}
