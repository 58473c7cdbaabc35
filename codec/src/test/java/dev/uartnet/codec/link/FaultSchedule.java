package dev.uartnet.codec.link;

import dev.uartnet.codec.link.FaultyLine.Faults;
import dev.uartnet.codec.link.FaultyLine.Spans;
import dev.uartnet.codec.link.FaultyLine.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What happens on a line and to its two ends, and what the applications want to send: all drawn from one number. Times are in
 * nanoseconds since the schedule's begin.
 */
public final class FaultSchedule {
    /** What a schedule is about. */
    enum Kind {
        /** Nothing goes wrong, at any speed, latency, window. */
        CLEAN,
        /** Bytes are altered from begin to end. */
        NOISE,
        /** Nothing gets through for a while, one way or both; sessions outlast it. */
        CUT,
        /** As before, and keepalive notices it. */
        CUT_NOTICED,
        /** The line takes no bytes for a while. */
        STALL,
        /** Either end restarts, several times. */
        RESTART,
        /** Bytes come from nowhere before, between and inside sessions. */
        GARBAGE,
        /** One end cannot repeat frames: damage ends sessions. */
        NO_RETRANSMIT,
        /** All of this, until some time. */
        MIXED
    }

    /** What happens to an end, or comes in from outside. */
    enum IncidentKind {
        DEVICE_REBOOTS,
        HOST_IS_KILLED,
        HOST_CLOSES,
        GARBAGE_TO_DEVICE,
        GARBAGE_TO_HOST,
        /** What a host before this one has said comes again, as from a buffer that nobody has emptied. */
        REPLAY_TO_DEVICE,
        REPLAY_TO_HOST
    }

    /**
     * One incident.
     *
     * @param nanos for an end: how long it is away; for garbage: a seed
     */
    record Incident(long at, IncidentKind kind, long nanos) {}

    /**
     * What one application sends in each session.
     *
     * @param gapNanos pause between messages on the average; 0: as fast as the link takes them
     * @param inTurn the n-th message waits for the n-th one of the other end
     */
    record Traffic(int messages, int leastBytes, int mostBytes, long gapNanos, boolean inTurn) {
        long bytes() {
            return (long) messages * ((leastBytes + mostBytes) / 2 + 12);
        }
    }

    private static final int DEVICE_PAYLOAD_MIN = FrameCodec.PAYLOAD_BYTES_MIN;
    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000 * MILLIS;

    final long seed;
    final Kind kind;
    final LinkConfig host;
    public final LinkConfig device;
    final Timing downTiming;
    final Timing upTiming;
    final Faults downFaults;
    final Faults upFaults;
    final Traffic down;
    final Traffic up;
    final int writeBufferBytes;
    final List<Incident> incidents = new ArrayList<>();

    /** From then on, nothing goes wrong any more (but NOISE has no end). */
    final long quietFrom;

    /** By then, everything must have been delivered. */
    final long limit;

    private final SplitMix random;

    /** The schedule of a number. */
    public FaultSchedule(long seed) {
        this.seed = seed;
        kind = Kind.values()[(int) Long.remainderUnsigned(seed, Kind.values().length)];
        random = SplitMix.of(seed, 0);

        int baud = random.pick(9_600, 115_200, 115_200, 460_800, 921_600, 3_000_000);
        long byteNanos = 10 * SECONDS / baud;
        int maxPayload = random.oneIn(2) ? DEVICE_PAYLOAD_MIN : random.between(DEVICE_PAYLOAD_MIN, 1_032);
        // Of a noisy line, a byte in so many is altered.
        int oneIn = random.pick(100, 100, 300, 1_000, 3_000, 10_000);
        int mostBytes = Math.min(Math.min(maxPayload, oneIn), random.pick(16, 200, 1_032));
        boolean manySmall = baud > 9_600 && random.oneIn(12);
        down = traffic(manySmall, mostBytes);
        up = traffic(manySmall, mostBytes);
        downTiming = timing(byteNanos);
        upTiming = timing(byteNanos);
        writeBufferBytes = random.pick(300, 2_000, 20_000);

        boolean keepsSessions = kind == Kind.CLEAN || kind == Kind.NOISE || kind == Kind.CUT || kind == Kind.STALL;
        // An interval in which not even a full frame comes over would end sessions by itself.
        long worstFrame =
                4L * (maxPayload + 20) * byteNanos + 4 * (downTiming.portionNanos() + upTiming.portionNanos());
        int least = (int) Math.max(100, worstFrame / MILLIS);
        int keepalive = keepsSessions ? 60_000 : least + random.below(3_000);
        LinkConfig both = LinkConfig.host().withMaxPayload(maxPayload).withBaudRate(baud);
        boolean oneCannot = kind == Kind.NO_RETRANSMIT || (kind == Kind.MIXED && random.oneIn(4));
        int whoCan = oneCannot ? random.below(3) : 3; // 1: host, 2: device
        host = windows(both.withFeatures((whoCan & 1) != 0 ? Feature.RETRANSMIT : 0), keepalive);
        device = windows(both.withFeatures((whoCan & 2) != 0 ? Feature.RETRANSMIT : 0), 60_000);

        long wire = Math.max(down.bytes(), up.bytes()) * byteNanos;
        long pauses = Math.max(down.messages * down.gapNanos, up.messages * up.gapNanos);
        long rounds = (long) Math.max(down.messages, up.messages)
                * 2
                * (downTiming.latencyNanos()
                        + upTiming.latencyNanos()
                        + downTiming.portionNanos()
                        + upTiming.portionNanos()
                        + 50 * MILLIS);
        long duration = Math.max(wire + pauses, 50 * MILLIS);
        boolean noisy = kind == Kind.NOISE
                || kind == Kind.NO_RETRANSMIT
                || kind == Kind.MIXED
                || ((kind == Kind.RESTART || kind == Kind.GARBAGE) && random.oneIn(2));
        long noiseTo = kind == Kind.NOISE ? Long.MAX_VALUE : noisy ? fraction(duration, 3) : 0;
        int ways = random.below(4); // 0, 1: both; 2: down; 3: up
        Spans cuts = kind == Kind.CUT || kind == Kind.CUT_NOTICED
                ? spans(duration, random.oneIn(2) ? 30_000 : 3_000)
                : kind == Kind.MIXED && random.oneIn(2) ? spans(duration, 2_000) : Spans.NONE;
        Spans stalls =
                kind == Kind.STALL || (kind == Kind.MIXED && random.oneIn(2)) ? spans(duration, 3_000) : Spans.NONE;
        if (kind == Kind.RESTART && !noisy && random.oneIn(2)) {
            // Nor does what the device says at first come through: the next exchange must tell.
            incidents.add(new Incident(within(duration), IncidentKind.DEVICE_REBOOTS, random.between(0, 500) * MILLIS));
            long from = incidents.get(0).at;
            cuts = new Spans(from, from + incidents.get(0).nanos + random.between(5, 200) * MILLIS);
            ways = 3;
        } else {
            incidents(duration);
        }
        downFaults = ways == 3 ? Faults.NONE : faults(noisy ? oneIn : 0, noiseTo, cuts, stalls);
        upFaults = ways == 2 ? Faults.NONE : faults(noisy ? oneIn : 0, noiseTo, cuts, stalls);
        if (kind == Kind.RESTART && incidents.size() > 1 && random.oneIn(2)) {
            for (int i = random.between(1, 3); i > 0; i--) {
                IncidentKind what = random.oneIn(2) ? IncidentKind.REPLAY_TO_DEVICE : IncidentKind.REPLAY_TO_HOST;
                incidents.add(new Incident(incidents.get(0).at + within(2 * duration), what, 0));
            }
            incidents.sort(Comparator.comparingLong(Incident::at));
        }

        long quiet = Math.max(Math.max(cuts.end(), stalls.end()), noiseTo == Long.MAX_VALUE ? 0 : noiseTo);
        for (Incident incident : incidents) {
            quiet = Math.max(quiet, incident.at + (fromOutside(incident.kind) ? 4_096 * byteNanos : incident.nanos));
        }
        quietFrom = quiet;
        long most = 3L * keepalive * MILLIS + 20 * SECONDS + 6 * wire + pauses + rounds;
        limit = quiet
                + (kind == Kind.NOISE ? most + (down.messages + up.messages) * 10L * SECONDS + 200 * SECONDS : most);
    }

    private Traffic traffic(boolean manySmall, int mostBytes) {
        if (manySmall) {
            return new Traffic(random.between(250, 500), 0, 12, 0, false);
        }
        int messages = random.oneIn(6) ? 0 : random.between(1, mostBytes > 200 ? 25 : 50);
        long gap = random.oneIn(3) ? random.between(1, 30_000) * 1_000L : 0;
        return new Traffic(messages, random.oneIn(2) ? 0 : mostBytes / 2, mostBytes, gap, random.oneIn(4));
    }

    private Timing timing(long byteNanos) {
        long latency = random.pick(0, 100_000, 1_000_000, 5_000_000);
        int bufferBytes = random.pick(64, 1_024, 4_096);
        return switch (random.below(5)) {
            case 0 -> new Timing(byteNanos, latency, 16, 2 * byteNanos, bufferBytes);
            case 1 -> new Timing(byteNanos, latency, 120, 10 * byteNanos, bufferBytes);
            case 2 -> new Timing(byteNanos, latency, 62, MILLIS, bufferBytes);
            case 3 -> new Timing(byteNanos, latency, 62, 16 * MILLIS, bufferBytes);
            default -> new Timing(byteNanos, latency, 4_096, 16 * MILLIS, bufferBytes);
        };
    }

    private LinkConfig windows(LinkConfig config, int keepalive) {
        int frames = random.oneIn(4) ? random.between(1, 3) : random.between(4, FrameCodec.WINDOW_FRAMES_MAX);
        int least = 2 * (config.maxPayload() + FrameCodec.OVERHEAD_BYTES);
        return config.withWindowFrames(frames)
                .withBufferBytes(least + random.below(random.oneIn(2) ? 1_000 : 30_000))
                .withKeepalive(Duration.ofMillis(keepalive));
    }

    private Faults faults(int oneIn, long to, Spans cuts, Spans stalls) {
        return new Faults(
                oneIn,
                0,
                to,
                random.oneIn(2),
                random.oneIn(2),
                random.oneIn(2),
                random.oneIn(2),
                random.oneIn(3) ? random.pick(50, 200) : 0,
                random.oneIn(4) ? 64 : 0,
                cuts,
                stalls);
    }

    /** A time between a quarter of the whole and so many times as much. */
    private long fraction(long whole, int quarters) {
        return whole / 4 * random.between(1, 4 * quarters) / 2;
    }

    private long within(long duration) {
        return duration / 1_000 * random.below(1_000);
    }

    private Spans spans(long duration, int mostMillis) {
        long[] bounds = new long[2 * random.between(1, 3)];
        long at = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            at += within(duration);
            bounds[i] = at;
            at += random.between(10, mostMillis) * MILLIS;
            bounds[i + 1] = at;
        }
        return new Spans(bounds);
    }

    private void incidents(long duration) {
        boolean restarts = kind == Kind.RESTART || (kind == Kind.MIXED && random.oneIn(2));
        boolean garbage = kind == Kind.GARBAGE || (kind == Kind.MIXED && random.oneIn(2));
        for (int i = restarts ? random.between(1, 3) : 0; i > 0; i--) {
            IncidentKind what = IncidentKind.values()[random.below(3)];
            incidents.add(new Incident(within(2 * duration), what, random.between(0, 500) * MILLIS));
        }
        for (int i = garbage ? random.between(1, 6) : 0; i > 0; i--) {
            IncidentKind what = random.oneIn(2) ? IncidentKind.GARBAGE_TO_DEVICE : IncidentKind.GARBAGE_TO_HOST;
            incidents.add(new Incident(random.oneIn(4) ? 0 : within(duration), what, random.next()));
        }
        incidents.sort(Comparator.comparingLong(Incident::at));
    }

    private static boolean fromOutside(IncidentKind kind) {
        return switch (kind) {
            case DEVICE_REBOOTS, HOST_IS_KILLED, HOST_CLOSES -> false;
            case GARBAGE_TO_DEVICE, GARBAGE_TO_HOST, REPLAY_TO_DEVICE, REPLAY_TO_HOST -> true;
        };
    }

    /** Whether a session may ever end. */
    boolean mayEnd() {
        return switch (kind) {
            case CLEAN, NOISE, CUT, STALL -> false;
            case CUT_NOTICED, RESTART, GARBAGE, NO_RETRANSMIT, MIXED -> true;
        };
    }

    /** What may be on the line takes longer than the longest time that a sender waits for an acknowledgement. */
    boolean isSlow() {
        return 8L * host.maxFrameBytes() * downTiming.byteNanos() > RoundTrip.TIMEOUT_MAX;
    }

    /** Both ends can repeat frames. */
    boolean retransmits() {
        return (host.features() & device.features() & Feature.RETRANSMIT) != 0;
    }

    /** Nothing is ever lost or altered, only garbage comes between. */
    boolean hasNoise() {
        return downFaults.oneIn() > 0 || upFaults.oneIn() > 0;
    }

    /** What message n of one direction of a session is. */
    byte[] message(boolean isDown, int hostId, int n) {
        SplitMix content = SplitMix.of(seed, ((long) hostId << 32) + 2L * n + (isDown ? 1 : 2));
        Traffic traffic = isDown ? down : up;
        byte[] message = new byte[content.between(traffic.leastBytes(), traffic.mostBytes())];
        boolean special = content.oneIn(8);
        for (int i = 0; i < message.length; i += 8) {
            long bits = content.next();
            for (int k = i; k < Math.min(i + 8, message.length); k++) {
                message[k] = (byte) (special ? (bits & 1) == 0 ? 0xC0 : 0xDB : bits);
                bits >>>= 8;
            }
        }
        return message;
    }

    /** Bytes from nowhere. */
    byte[] garbage(Incident incident) {
        SplitMix content = new SplitMix(incident.nanos);
        int what = content.below(4);
        byte[] garbage = new byte[content.between(1, content.oneIn(2) ? 40 : 4_000)];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = (byte)
                    switch (what) {
                        case 0 -> content.next();
                        case 1 -> content.between(' ', '~');
                        case 2 -> 0xC0;
                        default -> content.pick(0xC0, 0xDB, 0xDC, 0xDD, 0, 0xFF);
                    };
        }
        return garbage;
    }

    @Override
    public String toString() {
        return "seed " + seed + " " + kind + ", host " + host + ", device " + device + ", down " + down + " "
                + downTiming + " " + downFaults
                + ", up " + up + " " + upTiming + " " + upFaults + ", incidents " + incidents + ", quiet from "
                + quietFrom / 1_000 + " us, limit " + limit / 1_000 + " us";
    }
}
