package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A port of the operating system, through jSerialComm 2.11.
 *
 * <p>What its native code does, and what this class makes of it:
 *
 * <ul>
 *   <li>Reads are semi-blocking with a timeout of 100 ms, the shortest that termios knows. The timeout costs no latency,
 *       since a read returns with the first byte; it costs ten wake-ups a second, and tells of a vanished port.
 *   <li>Writes block in the kernel until it has taken all bytes. (Its non-blocking mode spins on a full buffer.) They are
 *       cut into pieces of about 50 ms of line time, so that progress is seen, and a close seldom has to break one.
 *   <li>A native read or write copies the whole Java array in and out, not only the part used, so both go through
 *       small arrays of this port's own. (Measured on a pty, 16 bytes there and back: 8 us with an array of 16 bytes, 12 us
 *       with 64 KiB, 174 us with 1 MiB, 1.2 ms with 4 MiB, which is what a pooled heap buffer may stand on.)
 *   <li>{@code closePort} frees the descriptor under a running read or write, whose next turn then may hit a stranger's
 *       descriptor. So {@link #close()} first gets both out, by switching the port to non-blocking, which wakes
 *       whoever sleeps in the kernel, by discarding what cannot leave, and by releasing flow control.
 *   <li>{@code closePort} discards what the driver has not sent yet; so bytes under way get up to a second to leave.
 *       (A pseudo terminal keeps for its other end the first 4 KiB that are not read yet; the rest is discarded. On an
 *       overloaded machine it may discard more; a peer that must have the last bytes has to confirm them.)
 * </ul>
 */
public final class JSerialCommPort implements UartPort {
    private enum State {
        NEW,
        OPENING,
        OPEN,
        CLOSED
    }

    private static final int READ_TIMEOUT_MILLIS = 100;
    /** n_tty's own buffer: a read never returns more. */
    private static final int READ_CHUNK = 4096;
    /** The piece in which Linux's tty layer copies a write. */
    private static final int WRITE_CHUNK_MAX = 2048;

    private static final int WRITE_CHUNK_MIN = 32;
    private static final int WRITE_CHUNKS_PER_SECOND = 20;
    private static final int BITS_PER_CHARACTER = 10;

    /**
     * For what a driver does not count as waiting, though a flush would discard it: bytes in a UART's FIFO, or between the
     * two ends of a pseudo terminal, which a kernel thread passes on when it gets a processor. Given as turns of a
     * millisecond, not as one time, so that on an overloaded machine it lasts longer, as that thread takes longer.
     * For pseudo terminals this is a best effort: they do not tell. (Measured on two processors, closes right behind a
     * write that lost it: at a load of 2 to 4, none of 720 after 20 ms; at a load of 10 and more, 12 of 300 after 25 turns
     * and 4 of 150 after 100.)
     */
    private static final int SETTLE_TURNS = 20;

    private static final int SETTLE_TURNS_PSEUDO_TERMINAL = 100;

    private static final long SETTLE_TURN_NANOS = 1_000_000L;
    /** After this time without a write nothing is under way. */
    private static final long SETTLED_NANOS = 200_000_000L;

    private static final long DRAIN_LIMIT_NANOS = 1_000_000_000L;
    /** No byte has left for so long: nobody will take the rest. */
    private static final long DRAIN_STALL_NANOS = 100_000_000L;
    /** How long to wait for a native call to end before the next, stronger measure. */
    private static final long LEAVE_NANOS = 150_000_000L;

    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final String name;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    /** Threads inside a native call of this port. */
    private final AtomicInteger inside = new AtomicInteger();

    private final byte[] readChunk = new byte[READ_CHUNK];
    private final byte[] writeChunk = new byte[WRITE_CHUNK_MAX];
    private volatile int writeLimit = WRITE_CHUNK_MAX;
    private volatile @Nullable SerialPort port;
    private volatile boolean lost;
    private volatile int settleTurns = SETTLE_TURNS;
    private volatile long lastWriteNanos = System.nanoTime() - SETTLED_NANOS;

    /** The port of that name; nothing is touched before {@link #open}. */
    public JSerialCommPort(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(UartSettings settings) throws IOException {
        if (!state.compareAndSet(State.NEW, State.OPENING)) {
            throw new UartException(name, "cannot open " + name + ": opened or closed before (use a new object)");
        }
        OpenFailure.FileView file = OpenFailure.viewOf(name);
        if (name.startsWith("/") && !file.exists()) {
            throw OpenFailure.notFound(name); // jSerialComm would look for its last part in /dev
        }
        if (file.isFileOrDirectory()) {
            throw OpenFailure.notSerial(name);
        }
        SerialPort opened;
        try {
            opened = JSerialComm.find(name);
        } catch (SerialPortInvalidPortException e) {
            UartException notFound = OpenFailure.notFound(name);
            notFound.initCause(e);
            throw notFound;
        }
        checkSupported(settings);
        // Before the open: its first act is to set both lines at once, so that an ESP32's reset circuit, which reacts
        // to a difference between them, sees none.
        opened.setDTRandRTS(settings.dtr(), settings.rts());
        opened.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, READ_TIMEOUT_MILLIS, 0);
        apply(opened, settings);
        if (!JSerialComm.open(opened)) {
            throw OpenFailure.diagnose(name, opened.getLastErrorCode(), settings, file);
        }
        port = opened;
        if (isPseudoTerminal(opened.getSystemPortPath())) {
            settleTurns = SETTLE_TURNS_PSEUDO_TERMINAL;
        }
        limitWrites(settings);
        if (!state.compareAndSet(State.OPENING, State.OPEN)) {
            opened.closePort();
            throw new UartException(name, name + " was closed while it was being opened");
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        SerialPort open = enter();
        if (open == null) {
            return -1;
        }
        int count;
        try {
            count = open.readBytes(readChunk, Math.min(length, READ_CHUNK), 0);
        } finally {
            leave();
        }
        if (count > 0) {
            System.arraycopy(readChunk, 0, target, offset, count);
            return count;
        }
        if (count < 0) {
            return gone("read");
        }
        return 0;
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        SerialPort open = enter();
        if (open == null) {
            return -1;
        }
        int count = Math.min(length, writeLimit);
        try {
            System.arraycopy(source, offset, writeChunk, 0, count);
            count = open.writeBytes(writeChunk, count, 0);
        } finally {
            leave();
        }
        if (count <= 0) {
            return gone("write");
        }
        lastWriteNanos = System.nanoTime();
        return count;
    }

    /** What a failed read or write means: -1 (this side closed) or an exception (the port is gone). */
    private int gone(String operation) throws UartPortLostException {
        if (state.get() != State.OPEN) {
            return -1;
        }
        lost = true;
        throw new UartPortLostException(
                name, name + " is gone (" + operation + " failed): unplugged, or its other end was closed");
    }

    @Override
    public boolean isLost() {
        SerialPort open = enter();
        if (open == null) {
            return false;
        }
        try {
            if (open.bytesAvailable() < 0) {
                lost = true;
            }
            return lost;
        } finally {
            leave();
        }
    }

    @Override
    public void configure(UartSettings settings) throws IOException {
        checkSupported(settings);
        SerialPort open = enterOrFail();
        try {
            drain(open, State.OPEN);
            if (!apply(open, settings)) {
                throw unsupported(settings.toString());
            }
            limitWrites(settings);
        } finally {
            leave();
        }
    }

    @Override
    public void setDtr(boolean asserted) throws IOException {
        SerialPort open = enterOrFail();
        try {
            if (!(asserted ? open.setDTR() : open.clearDTR())) {
                throw unsupported("DTR");
            }
        } finally {
            leave();
        }
    }

    @Override
    public void setRts(boolean asserted) throws IOException {
        SerialPort open = enterOrFail();
        try {
            if (!(asserted ? open.setRTS() : open.clearRTS())) {
                throw unsupported("RTS");
            }
        } finally {
            leave();
        }
    }

    @Override
    public void setBreak(boolean active) throws IOException {
        SerialPort open = enterOrFail();
        try {
            if (!(active ? open.setBreak() : open.clearBreak())) {
                throw unsupported("a break");
            }
        } finally {
            leave();
        }
    }

    @Override
    public void close() {
        if (state.getAndSet(State.CLOSED) != State.OPEN) {
            return; // never opened, closed already, or open() is at it and will see
        }
        SerialPort open = port;
        if (open == null) {
            return;
        }
        if (!lost) {
            drain(open, State.CLOSED);
        }
        // Wakes a reader and a writer that sleep in the kernel. The reader then leaves.
        open.setComPortTimeouts(SerialPort.TIMEOUT_NONBLOCKING, 0, 0);
        if (!awaitNobodyInside() && !lost) {
            // A writer is left, which now spins in native code until there is room: discard what nobody takes ...
            open.flushIOBuffers();
            if (!awaitNobodyInside()) {
                // ... and let the rest out, where the driver cannot discard and CTS or XOFF holds it back.
                open.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
                awaitNobodyInside();
            }
        }
        open.closePort();
    }

    /** Waits, a limited time and while the port is in that state, until what the driver holds has left. */
    private void drain(SerialPort open, State during) {
        long start = System.nanoTime();
        long progress = start;
        int left = open.bytesAwaitingWrite();
        while (left > 0 && state.get() == during) {
            LockSupport.parkNanos(500_000);
            long now = System.nanoTime();
            int nowLeft = open.bytesAwaitingWrite();
            if (nowLeft < left) {
                progress = now;
            }
            left = nowLeft;
            if (now - progress > DRAIN_STALL_NANOS || now - start > DRAIN_LIMIT_NANOS) {
                return;
            }
        }
        for (int turn = 0;
                turn < settleTurns && System.nanoTime() - lastWriteNanos < SETTLED_NANOS && state.get() == during;
                turn++) {
            LockSupport.parkNanos(SETTLE_TURN_NANOS);
        }
    }

    private boolean awaitNobodyInside() {
        long start = System.nanoTime();
        while (inside.get() > 0) {
            if (System.nanoTime() - start > LEAVE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(50_000);
        }
        return true;
    }

    /** Announces a native call; null once the port is closed. To be followed by {@link #leave()} unless null. */
    private @Nullable SerialPort enter() {
        inside.incrementAndGet();
        if (state.get() != State.OPEN) { // read after the announcement, as close() looks in the other order
            inside.decrementAndGet();
            return null;
        }
        return port;
    }

    private SerialPort enterOrFail() throws UartException {
        SerialPort open = enter();
        if (open == null) {
            throw new UartException(name, name + " is not open");
        }
        return open;
    }

    private void leave() {
        inside.decrementAndGet();
    }

    private void limitWrites(UartSettings settings) {
        int perChunk = settings.baudRate() / BITS_PER_CHARACTER / WRITE_CHUNKS_PER_SECOND;
        writeLimit = Math.max(WRITE_CHUNK_MIN, Math.min(WRITE_CHUNK_MAX, perChunk));
    }

    private UartParameterException unsupported(String what) {
        return new UartParameterException(name, name + " does not support " + what);
    }

    /** By the names that Linux and macOS give them; {@code path} is free of symbolic links. */
    private static boolean isPseudoTerminal(String path) {
        return path.startsWith("/dev/pts/") || path.startsWith("/dev/ttys");
    }

    /** Refuses what jSerialComm would replace in silence. */
    private void checkSupported(UartSettings settings) throws UartParameterException {
        if (settings.stopBits() == StopBits.ONE_POINT_FIVE && !WINDOWS) {
            throw new UartParameterException(
                    name, name + ": STOP_BITS ONE_POINT_FIVE is known to Windows only (use ONE or TWO)");
        }
    }

    private static boolean apply(SerialPort port, UartSettings settings) {
        boolean parameters = port.setComPortParameters(
                settings.baudRate(), settings.dataBits(), stopBits(settings), parity(settings));
        return port.setFlowControl(flowControl(settings)) && parameters;
    }

    private static int stopBits(UartSettings settings) {
        return switch (settings.stopBits()) {
            case ONE -> SerialPort.ONE_STOP_BIT;
            case ONE_POINT_FIVE -> SerialPort.ONE_POINT_FIVE_STOP_BITS;
            case TWO -> SerialPort.TWO_STOP_BITS;
        };
    }

    private static int parity(UartSettings settings) {
        return switch (settings.parity()) {
            case NONE -> SerialPort.NO_PARITY;
            case ODD -> SerialPort.ODD_PARITY;
            case EVEN -> SerialPort.EVEN_PARITY;
            case MARK -> SerialPort.MARK_PARITY;
            case SPACE -> SerialPort.SPACE_PARITY;
        };
    }

    private static int flowControl(UartSettings settings) {
        return switch (settings.flowControl()) {
            case NONE -> SerialPort.FLOW_CONTROL_DISABLED;
            case RTS_CTS -> SerialPort.FLOW_CONTROL_RTS_ENABLED | SerialPort.FLOW_CONTROL_CTS_ENABLED;
            case XON_XOFF -> SerialPort.FLOW_CONTROL_XONXOFF_IN_ENABLED | SerialPort.FLOW_CONTROL_XONXOFF_OUT_ENABLED;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
