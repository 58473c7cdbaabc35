package dev.uartnet.esp32;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Does to a stream of bytes what {@link LineFaults} say. The same seed and the same bytes give the same result, however the bytes are cut
 * into calls, whenever they come, on every machine. One thread at a time.
 *
 * <p>It draws how many bytes pass until the next fault (a geometric distribution), so that a clean byte costs nothing.
 */
public final class FaultStream {
    private final SplittableRandom random;
    private LineFaults faults;
    /** Clean bytes before the next fault. */
    private long untilFault;
    /** Bytes that the present burst still loses. */
    private int burstLeft;

    private Duration stalled = Duration.ZERO;
    private long bytesIn;
    private long bytesOut;
    private long flipped;
    private long dropped;
    private long duplicated;
    private long inserted;
    private long bursts;
    private long lostInBursts;
    private long stalls;

    public FaultStream(LineFaults faults, long seed) {
        this.faults = faults;
        random = new SplittableRandom(seed);
        untilFault = drawDistance();
    }

    /** From the next byte on, these faults happen; a burst goes on to its end. */
    public void faults(LineFaults newFaults) {
        faults = newFaults;
        untilFault = drawDistance();
    }

    /** Returns what becomes of these bytes, which follow those of the calls before. */
    public byte[] apply(byte[] bytes) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(bytes.length + 8);
        apply(bytes, 0, bytes.length, target);
        return target.toByteArray();
    }

    /** Adds to {@code target} what becomes of these bytes, which follow those of the calls before. */
    public void apply(byte[] source, int offset, int length, ByteArrayOutputStream target) {
        bytesIn += length;
        int before = target.size();
        int next = offset;
        int end = offset + length;
        while (next < end) {
            if (burstLeft > 0) {
                int lost = Math.min(burstLeft, end - next);
                burstLeft -= lost;
                lostInBursts += lost;
                next += lost;
            } else if (untilFault >= end - next) {
                untilFault -= end - next;
                target.write(source, next, end - next);
                next = end;
            } else {
                target.write(source, next, (int) untilFault);
                next += (int) untilFault;
                happen(source[next], target);
                next++;
                untilFault = drawDistance();
            }
        }
        bytesOut += target.size() - before;
    }

    private void happen(byte value, ByteArrayOutputStream target) {
        double which = random.nextDouble() * faults.total();
        if ((which -= faults.byteError()) < 0) {
            switch (random.nextInt(6)) {
                case 0 -> drop();
                case 1 -> duplicate(value, target);
                case 2 -> insert(value, target);
                default -> flip(value, target);
            }
        } else if ((which -= faults.bitFlip()) < 0) {
            flip(value, target);
        } else if ((which -= faults.drop()) < 0) {
            drop();
        } else if ((which -= faults.duplicate()) < 0) {
            duplicate(value, target);
        } else if ((which -= faults.insert()) < 0) {
            insert(value, target);
        } else if (which < faults.burst()) {
            bursts++;
            lostInBursts++;
            burstLeft = faults.burstLength() - 1;
        } else {
            stalls++;
            stalled = stalled.plus(faults.stallTime());
            target.write(value);
        }
    }

    private void flip(byte value, ByteArrayOutputStream target) {
        flipped++;
        target.write(value ^ 1 << random.nextInt(8));
    }

    private void drop() {
        dropped++;
    }

    private void duplicate(byte value, ByteArrayOutputStream target) {
        duplicated++;
        target.write(value);
        target.write(value);
    }

    private void insert(byte value, ByteArrayOutputStream target) {
        inserted++;
        target.write(random.nextInt(256));
        target.write(value);
    }

    private long drawDistance() {
        double rate = faults.total();
        if (rate <= 0) {
            return Long.MAX_VALUE;
        }
        if (rate >= 1) {
            return 0;
        }
        // StrictMath: the last bit of Math's logarithm may differ between machines, and with it all that follows.
        return (long) (StrictMath.log(1 - random.nextDouble()) / StrictMath.log1p(-rate));
    }

    /** Returns for how long faults have made the line stand still since this was asked last. Whoever knows of time does the waiting. */
    public Duration takeStalled() {
        Duration taken = stalled;
        stalled = Duration.ZERO;
        return taken;
    }

    /** What has happened so far. */
    public LineCounters counters() {
        return new LineCounters(
                bytesIn, bytesOut, flipped, dropped, duplicated, inserted, bursts, lostInBursts, stalls, 0, 0, 0);
    }
}
