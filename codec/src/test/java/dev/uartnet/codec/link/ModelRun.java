package dev.uartnet.codec.link;

import dev.uartnet.codec.link.FaultSchedule.Incident;
import dev.uartnet.codec.link.FaultSchedule.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One schedule in virtual time: a host, a device, a line each way, and an application at either end. Time jumps from one event to the
 * next. A host whose session has ended is followed by another one, which begins again with its first message; the run is over when one
 * session has delivered everything and nothing is left to happen.
 *
 * <p>Checked all along: what arrives in a session is what was written in it, once, in order, from the first; what was reported as not
 * sent never arrives; sessions end only for a reason; no end keeps more than it may; all is done within the schedule's limit.
 */
public final class ModelRun {
    /** What makes a device: in Java, or one that runs elsewhere. */
    public interface Devices {
        LinkEnd boot(
                FaultSchedule schedule,
                FaultyLine out,
                int bootId,
                LinkEnd.Listener listener,
                long now,
                @Nullable ModelTrace trace);
    }

    /** What a run came to. */
    public record Result(
            int events,
            long nanos,
            int sessions,
            long altered,
            long retransmits,
            long timeouts,
            long duplicates,
            long carried) {}

    private static final int EVENTS_MAX = 2_000_000;

    private final FaultSchedule schedule;
    private final Devices devices;
    private final @Nullable ModelTrace trace;
    private final FaultyLine downLine;
    private final FaultyLine upLine;
    private final SplitMix random;
    private final SessionEnds ends;
    private final Map<Integer, Conversation> conversations = new HashMap<>();

    private long now;
    private int nextIncident;
    private @Nullable LinkEnd host;
    private @Nullable LinkEnd device;
    /** What the host, the device is in. */
    private @Nullable Conversation hostSide;

    private @Nullable Conversation deviceSide;
    private boolean closing;
    private long hostStartsAt = Long.MAX_VALUE;
    private long deviceStartsAt = Long.MAX_VALUE;
    private long rebootNoticedBy = Long.MAX_VALUE;
    /** What was said before this host came. */
    private byte[] staleDown = {};

    private byte[] staleUp = {};
    private int hosts;
    private int boots;

    private int events;
    private long retransmits;
    private long timeouts;
    private long duplicates;

    /**
     * A run.
     *
     * @param trace where it is told, or null
     */
    public ModelRun(FaultSchedule schedule, Devices devices, @Nullable ModelTrace trace) {
        this.schedule = schedule;
        this.devices = devices;
        this.trace = trace;
        downLine = new FaultyLine(schedule.downTiming, schedule.downFaults, SplitMix.of(schedule.seed, 1));
        upLine = new FaultyLine(schedule.upTiming, schedule.upFaults, SplitMix.of(schedule.seed, 2));
        random = SplitMix.of(schedule.seed, 3);
        ends = new SessionEnds(schedule);
    }

    /** Runs the schedule to its end; fails with what went wrong. */
    public Result run() {
        say(schedule.toString());
        try {
            startDevice();
            startHost();
            applications();
            while (!isDone()) {
                step();
            }
            killHost();
            killDevice();
            // What a line doubles at a time may be seven small frames.
            long faults = downLine.altered() + upLine.altered();
            expect(duplicates <= retransmits + 7 * faults, "duplicates of nothing:", duplicates, retransmits, faults);
            if (schedule.kind == Kind.CLEAN) {
                // A round trip may become longer than was known before, and a few frames be repeated for it.
                expect(retransmits <= (schedule.isSlow() ? 50 : 8), "frames repeated on a clean line:", retransmits);
            }
            say(state());
        } catch (AssertionError failure) {
            say(state());
            throw new AssertionError(failure.getMessage() + "; " + state(), failure);
        }
        return new Result(
                events,
                now,
                conversations.size(),
                downLine.altered() + upLine.altered(),
                retransmits,
                timeouts,
                duplicates,
                downLine.carried() + upLine.carried());
    }

    private boolean isDone() {
        Conversation current = hostSide;
        return current != null
                && current == deviceSide
                && current.down.isComplete()
                && current.up.isComplete()
                && nextIncident == schedule.incidents.size()
                && now >= schedule.quietFrom
                && host != null
                && host.isIdle()
                && device != null
                && device.isIdle();
    }

    // ---- time

    private void step() {
        long next = Math.min(downLine.nextArrival(), upLine.nextArrival());
        next = Math.min(next, Math.min(hostStartsAt, deviceStartsAt));
        if (nextIncident < schedule.incidents.size()) {
            next = Math.min(
                    next, Math.max(now, schedule.incidents.get(nextIncident).at()));
        }
        if (now < schedule.quietFrom) {
            next = Math.min(next, schedule.quietFrom);
        }
        next = Math.min(next, applicationsAt());
        LinkEnd ours = host;
        LinkEnd theirs = device;
        if (ours != null) {
            next = Math.min(next, Math.min(ours.roomAt(), ours.deadline()));
        }
        if (theirs != null) {
            next = Math.min(next, Math.min(theirs.roomAt(), theirs.deadline()));
        }
        expect(next != Long.MAX_VALUE, "deadlock: nothing will ever happen");
        expect(next >= now, "time runs backwards");
        expect(next <= schedule.limit, "not done in time");
        expect(++events < EVENTS_MAX, "an endless loop");
        if (theirs != null) {
            next = theirs.advance(next);
        }
        now = next;
        if (ours != null) {
            ours.advance(now);
        }
        happen();
        expect(now <= rebootNoticedBy, "the host has not noticed that the device has rebooted");
        if (host != null) {
            host.check();
        }
        if (device != null) {
            device.check();
        }
    }

    private void happen() {
        while (nextIncident < schedule.incidents.size()
                && schedule.incidents.get(nextIncident).at() <= now) {
            incident(schedule.incidents.get(nextIncident++));
        }
        if (deviceStartsAt <= now) {
            startDevice();
        }
        if (hostStartsAt <= now) {
            startHost();
        }
        LinkEnd theirs = device;
        if (downLine.nextArrival() <= now) {
            byte[] bytes = downLine.read(now);
            if (theirs != null) {
                theirs.receive(bytes);
            }
        }
        if (theirs != null && theirs.roomAt() <= now) {
            theirs.lineHasRoom();
        }
        LinkEnd ours = host;
        if (upLine.nextArrival() <= now) {
            byte[] bytes = upLine.read(now);
            if (ours != null) {
                ours.receive(bytes);
            }
        }
        if (ours != null && ours.roomAt() <= now) {
            ours.lineHasRoom();
        }
        applications();
        Conversation current = hostSide;
        if (current != null && current.hostEnded && hostStartsAt == Long.MAX_VALUE) {
            hostStartsAt = now + random.between(1, 500) * 1_000_000L;
        }
    }

    private void incident(Incident incident) {
        say("-- " + incident.kind());
        switch (incident.kind()) {
            case DEVICE_REBOOTS -> {
                killDevice();
                deviceStartsAt = now + incident.nanos();
            }
            case HOST_IS_KILLED -> {
                killHost();
                hostStartsAt = now + incident.nanos();
            }
            case HOST_CLOSES -> {
                LinkEnd ours = host;
                if (ours != null) {
                    closing = true;
                    ours.close();
                }
            }
            case GARBAGE_TO_DEVICE -> downLine.inject(schedule.garbage(incident), now);
            case GARBAGE_TO_HOST -> upLine.inject(schedule.garbage(incident), now);
            case REPLAY_TO_DEVICE -> {
                if (deviceSide == hostSide) { // else it would be of the device's session, which a line does not repeat
                    downLine.inject(staleDown, now);
                }
            }
            case REPLAY_TO_HOST -> {
                if (boots == 1) { // else it would tell of a reboot that is long over, and nobody could know
                    upLine.inject(staleUp, now);
                }
            }
        }
    }

    // ---- the ends

    private void startDevice() {
        deviceStartsAt = Long.MAX_VALUE;
        int bootId = (int) SplitMix.of(schedule.seed, 1_000 + boots++).next();
        say("-- the device boots");
        device = devices.boot(schedule, upLine, bootId, new DeviceSide(), now, trace);
        Conversation current = hostSide;
        if (current != null
                && current.hostBegan
                && !current.hostEnded
                && schedule.kind == Kind.RESTART
                && !schedule.hasNoise()) {
            long boot = Math.max(now, upLine.freeAt()) + 300 * upLine.timing().byteNanos();
            long cutEnd = schedule.upFaults.cuts().endAround(now);
            if (cutEnd != 0) {
                // The host asks for a sign of life at the latest now, and has asked before if it heard nothing.
                long keepalive = schedule.host.keepalive().toNanos();
                boot = Math.max(boot, Math.max(boot + keepalive, cutEnd + keepalive / 2) + exchange());
            }
            rebootNoticedBy =
                    boot + upLine.timing().latencyNanos() + upLine.timing().portionNanos();
        }
    }

    /** How long a frame that is written now and the answer to it take at most, if nothing is lost. */
    private long exchange() {
        long queued = Math.max(0, downLine.freeAt() - now) + Math.max(0, upLine.freeAt() - now);
        long full = 6L
                * 2
                * (schedule.host.maxFrameBytes() + 100)
                * downLine.timing().byteNanos();
        return queued
                + full
                + downLine.timing().latencyNanos()
                + downLine.timing().portionNanos()
                + upLine.timing().latencyNanos()
                + upLine.timing().portionNanos();
    }

    private void killDevice() {
        LinkEnd gone = device;
        if (gone != null) {
            Conversation left = deviceSide;
            if (left != null) {
                left.deviceEnded = true;
            }
            deviceSide = null;
            count(gone.counters());
            device = null;
            gone.kill();
        }
    }

    private void startHost() {
        killHost();
        hostStartsAt = Long.MAX_VALUE;
        closing = false;
        staleDown = downLine.said();
        staleUp = upLine.said();
        int hostId = (int) SplitMix.of(schedule.seed, 2_000 + hosts++).next();
        say("-- host " + hosts + " begins");
        Conversation begun = new Conversation(schedule, hostId);
        conversations.put(hostId, begun);
        hostSide = begun;
        host = JavaEnd.host(schedule, downLine, hostId, new HostSide(begun), now, trace);
    }

    private void killHost() {
        LinkEnd gone = host;
        if (gone != null) {
            closing = true;
            count(gone.counters());
            host = null;
            gone.kill();
            Conversation left = hostSide;
            if (left != null) {
                left.hostEnded = true;
            }
            rebootNoticedBy = Long.MAX_VALUE;
        }
    }

    private void count(LinkCounters counters) {
        retransmits += counters.retransmits();
        timeouts += counters.timeouts();
        duplicates += counters.duplicates();
    }

    /** What the host tells. */
    private final class HostSide implements LinkEnd.Listener {
        private final Conversation own;

        HostSide(Conversation own) {
            this.own = own;
        }

        @Override
        public void sessionBegan(int hostId) {
            say("-- host: session");
            expect(hostId == own.hostId && !own.hostBegan && !own.hostEnded, "the host began a strange session");
            own.hostBegan = true;
        }

        @Override
        public void sessionEnded(Throwable cause) {
            say("-- host: over: " + cause);
            expect(!own.hostEnded, "the host's session ended twice");
            own.hostEnded = true;
            rebootNoticedBy = Long.MAX_VALUE;
            if (!closing) {
                ends.ofHost(own, cause, now);
            }
        }

        @Override
        public void message(byte[] message) {
            expect(own.hostBegan && !own.hostEnded, "the host got a message outside of its session");
            own.up.arrived(message);
        }

        @Override
        public void notSent() {
            own.down.notSent();
        }
    }

    /** What the device tells. */
    private final class DeviceSide implements LinkEnd.Listener {
        @Override
        public void sessionBegan(int hostId) {
            say("-- device: session");
            Conversation begun = conversations.get(hostId);
            if (begun == null || begun.deviceBegan) {
                throw new AssertionError("the device began a session that nobody asked for, or an old one again");
            }
            begun.deviceBegan = true;
            deviceSide = begun;
        }

        @Override
        public void sessionEnded(Throwable cause) {
            say("-- device: over: " + cause);
            Conversation ended = deviceSide;
            if (ended != null) {
                ended.deviceEnded = true;
                deviceSide = null;
                if (device != null) {
                    ends.ofSession(cause, hosts > 1, now);
                }
            }
        }

        @Override
        public void message(byte[] message) {
            Conversation current = deviceSide;
            if (current == null) {
                throw new AssertionError("the device got a message outside of its session");
            }
            current.down.arrived(message);
        }

        @Override
        public void notSent() {
            Conversation current = deviceSide;
            if (current != null) {
                current.up.notSent();
            }
        }
    }

    // ---- the applications

    /** When an application next writes by itself. */
    private long applicationsAt() {
        long at = Long.MAX_VALUE;
        Conversation ours = hostSide;
        LinkEnd hostEnd = host;
        if (ours != null && hostEnd != null && hasTurn(ours, true) && hostEnd.accepts()) {
            at = Math.max(now, ours.down.nextAt);
        }
        Conversation theirs = deviceSide;
        LinkEnd deviceEnd = device;
        if (theirs != null && deviceEnd != null && hasTurn(theirs, false) && deviceEnd.accepts()) {
            at = Math.min(at, Math.max(now, theirs.up.nextAt));
        }
        return at;
    }

    private void applications() {
        Conversation ours = hostSide;
        LinkEnd hostEnd = host;
        while (ours != null && hostEnd != null && hasTurn(ours, true) && ours.down.nextAt <= now && hostEnd.accepts()) {
            write(ours, true, hostEnd);
        }
        Conversation theirs = deviceSide;
        LinkEnd deviceEnd = device;
        while (theirs != null
                && deviceEnd != null
                && hasTurn(theirs, false)
                && theirs.up.nextAt <= now
                && deviceEnd.accepts()) {
            write(theirs, false, deviceEnd);
        }
    }

    private boolean hasTurn(Conversation in, boolean isDown) {
        return isDown ? !closing && in.hostHasTurn() : in.deviceHasTurn();
    }

    private void write(Conversation in, boolean isDown, LinkEnd end) {
        end.write((isDown ? in.down : in.up).next(now, random));
    }

    // ---- failures

    private void say(String what) {
        if (trace != null) {
            trace.say(now, what);
        }
    }

    private String state() {
        Conversation ours = hostSide;
        Conversation theirs = deviceSide;
        return "at " + now / 1_000 + " us of " + schedule.limit / 1_000 + ", " + events + " events, " + hosts
                + " hosts, " + boots + " boots"
                + (ours == null ? "" : ", host: " + ours)
                + (theirs == null ? "" : ", device: " + theirs)
                + (host == null ? "" : ", host's " + host.counters())
                + (device == null ? "" : ", device's " + device.counters());
    }

    private void expect(boolean condition, String what, Object... details) {
        if (!condition) {
            throw new AssertionError(what + (details.length == 0 ? "" : " " + Arrays.toString(details)));
        }
    }
}
