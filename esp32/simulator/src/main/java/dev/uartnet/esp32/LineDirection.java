package dev.uartnet.esp32;

import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a {@link SerialLine}, to disturb and to watch while it runs. Its methods may be called by any thread and do not block.
 *
 * <p>Two threads: one takes bytes from the sender's port as they come and notes when and at what speed; the other one delivers them when
 * their time has come. What waits in between also makes up for a thread that wakes late, so that the rate is right on a busy machine.
 */
public final class LineDirection {
    /** Bytes of a stream are delivered so often, as a UART's FIFO tells of some at a time; the last ones when they have arrived. */
    private static final long QUANTUM_NANOS = 250_000;
    /** At low speeds at least so many at a time: half of a 16550's FIFO. */
    private static final int QUANTUM_BYTES = 8;
    /** What the sender's FIFO holds: so late may a thread wake without a gap on the line. */
    private static final long QUEUE_NANOS = 16_000_000;

    /** A thread with nothing to do is woken by the other one; this is as good as never. */
    private static final long IDLE_NANOS = 60_000_000_000L;

    private static final int QUEUE_BYTES = 64;
    private static final int READ_BYTES = 4096;
    /** When neither end's speed is known. */
    private static final int BAUD_DEFAULT = 115_200;

    private final UartPort from;
    private final UartPort to;
    private final LineConditions conditions;
    private final Runnable onEnd;
    private final SendQueue queue = new SendQueue();
    private final ReceivingEnd receiver;
    private final SpeedMismatch mismatch;
    private final FaultStream stream;
    private final LineClock clock = new LineClock(LineClock.BAUD_MAX);
    private final Thread reading;
    private final Thread delivering;
    private final AtomicLong stalledUntil = new AtomicLong(System.nanoTime());
    private volatile boolean readerWaits;
    private volatile boolean ended;
    private volatile boolean cut;
    private volatile LineFaults faults;
    private volatile LineCounters counters = LineCounters.ZERO;
    // The delivering thread's own.
    private LineFaults applied;
    private long bytesIn;
    private long garbled;
    private long lostToCut;

    LineDirection(UartPort from, UartPort to, LineConditions conditions, Runnable onEnd) {
        this.from = from;
        this.to = to;
        this.conditions = conditions;
        this.onEnd = onEnd;
        faults = conditions.faults();
        applied = faults;
        stream = new FaultStream(faults, conditions.seed());
        mismatch = new SpeedMismatch(~conditions.seed());
        receiver =
                new ReceivingEnd(to, conditions.latency().toNanos(), conditions.fifoBytes(), conditions.flowControl());
        reading = thread("line-from-" + from.name(), this::read);
        delivering = thread("line-to-" + to.name(), this::deliver);
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Bytes vanish from now on, until {@link #restore}. */
    public void cut() {
        cut = true;
    }

    /** Ends what {@link #cut} began. */
    public void restore() {
        cut = false;
    }

    /** Lets the line stand still for so much longer: bytes wait and nothing is lost, unless the sender's side runs full. */
    public void stall(Duration time) {
        long now = System.nanoTime();
        stalledUntil.updateAndGet(until -> (until - now > 0 ? until : now) + time.toNanos());
        LockSupport.unpark(delivering);
    }

    /** From now on these faults happen. The seed's sequence goes on. */
    public void faults(LineFaults newFaults) {
        faults = newFaults;
    }

    /** What has happened so far; what has been delivered within the last instant may be missing until the line is closed. */
    public LineCounters counters() {
        LineCounters sent = counters;
        return sent.onLine(sent.bytesIn(), receiver.bytesOut(), sent.garbled(), sent.lostToCut(), receiver.overruns());
    }

    void start() {
        reading.start();
        delivering.start();
    }

    private void read() {
        byte[] chunk = new byte[READ_BYTES];
        try {
            while (!ended) {
                int count = from.read(chunk, 0, Math.min(awaitRoom(), chunk.length));
                long now = System.nanoTime();
                if (count < 0) {
                    break;
                }
                if (count > 0) {
                    queue.put(chunk, count, now, senderBaud());
                    LockSupport.unpark(delivering);
                }
            }
        } catch (IOException lost) {
            // What was read before still arrives.
        }
        queue.end();
        LockSupport.unpark(delivering);
    }

    /** Returns how many bytes the queue has room for, at least 1. */
    private int awaitRoom() {
        int capacity = Math.max(QUEUE_BYTES, LineClock.bytesIn(QUEUE_NANOS, senderBaud()));
        int room = capacity - queue.size();
        while (room <= 0 && !ended) {
            readerWaits = true;
            room = capacity - queue.size();
            if (room <= 0) {
                LockSupport.park(this);
            }
        }
        readerWaits = false;
        return Math.max(1, room);
    }

    private int senderBaud() {
        if (conditions.baud() > 0) {
            return conditions.baud();
        }
        int sender = farBaud(from);
        int known = sender > 0 ? sender : farBaud(to);
        return known > 0 ? Math.max(LineClock.BAUD_MIN, Math.min(LineClock.BAUD_MAX, known)) : BAUD_DEFAULT;
    }

    private int receiverBaud() {
        return conditions.baud() > 0 ? conditions.baud() : farBaud(to);
    }

    private static int farBaud(UartPort port) {
        return port instanceof LineEnd end ? end.farBaudRate() : 0;
    }

    private void deliver() {
        TimerSlack.minimize();
        try {
            while (!ended) {
                SendQueue.Piece piece = queue.poll();
                if (piece != null) {
                    if (!send(piece)) {
                        break;
                    }
                } else if (queue.isOver()) {
                    receiver.passAll();
                    break;
                } else if (!receiver.pass()) {
                    break;
                } else if (queue.isEmpty()) {
                    // Asked after passing on: that may have waited for the receiver, and so used up the wake-up of a
                    // piece.
                    park(System.nanoTime() + IDLE_NANOS);
                }
            }
        } catch (IOException lost) {
            // The line ends below.
        } finally {
            end();
            onEnd.run();
        }
    }

    /** Sends the bytes in their time; returns whether the receiver is still there. */
    private boolean send(SendQueue.Piece piece) throws IOException {
        int length = piece.bytes.length;
        int most = quantum(piece.baud);
        clock.speed(piece.baud);
        clock.startAt(piece.writtenNanos);
        int done = 0;
        while (done < length && !ended) {
            clock.startAt(stalledUntil.get());
            int wanted = Math.min(most, length - done);
            int arrived = clock.arrived(System.nanoTime(), wanted);
            if (arrived < wanted) {
                if (!receiver.pass()) {
                    return false;
                }
                park(clock.arrival(wanted));
                continue;
            }
            transmit(piece, done, arrived);
            done += arrived;
            queue.sent(arrived);
            if (readerWaits) {
                LockSupport.unpark(reading);
            }
            if (!settle(most)) {
                return false;
            }
        }
        return !ended;
    }

    /** Keeps a thread that is late from handing over too much at once; returns whether the receiver is still there. */
    private boolean settle(int most) throws IOException {
        boolean limited = conditions.fifoBytes() > 0;
        if (!limited && receiver.collected().size() < READ_BYTES) {
            return true;
        }
        boolean open = receiver.pass();
        if (limited) {
            // A FIFO must not overflow only because this thread woke late, or had to wait: the line is late instead.
            clock.startAt(System.nanoTime() - (clock.arrival(most) - clock.arrival(0)));
        }
        return open;
    }

    private int quantum(int baud) {
        int bytes = Math.max(QUANTUM_BYTES, LineClock.bytesIn(QUANTUM_NANOS, baud));
        return conditions.fifoBytes() > 0 ? Math.min(bytes, Math.max(1, conditions.fifoBytes() / 4)) : bytes;
    }

    private void transmit(SendQueue.Piece piece, int offset, int count) {
        bytesIn += count;
        int more = 0;
        int receiverBaud = receiverBaud();
        if (cut) {
            lostToCut += count;
        } else if (SpeedMismatch.fits(piece.baud, receiverBaud)) {
            int before = receiver.collected().size();
            applyFaults(piece, offset, count);
            more = Math.max(0, receiver.collected().size() - before - count);
        } else {
            garbled += count;
            mismatch.garble(count, piece.baud, receiverBaud, receiver.collected());
        }
        // A byte that is lost takes its time too, and one that was not sent takes its own.
        clock.advance(count + more);
        counters = stream.counters().onLine(bytesIn, 0, garbled, lostToCut, 0);
    }

    private void applyFaults(SendQueue.Piece piece, int offset, int count) {
        LineFaults wanted = conditions.at(piece.baud, faults);
        if (!wanted.equals(applied)) {
            applied = wanted;
            stream.faults(wanted);
        }
        stream.apply(piece.bytes, offset, count, receiver.collected());
        Duration stalled = stream.takeStalled();
        if (!stalled.isZero()) {
            stall(stalled);
        }
    }

    /** Sleeps once, until that time at the longest: for less if something else is due or the thread is woken. */
    private void park(long time) {
        long now = System.nanoTime();
        long left = time - now;
        if (receiver.isDue()) {
            left = Math.min(left, receiver.dueNanos() - now);
        }
        if (left > 0) {
            LockSupport.parkNanos(this, left);
        }
    }

    /** Makes its threads end once their ports are closed. */
    void end() {
        ended = true;
        receiver.end();
        LockSupport.unpark(delivering);
        LockSupport.unpark(reading);
    }

    void join() {
        boolean interrupted = false;
        for (Thread thread : new Thread[] {delivering, reading}) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
