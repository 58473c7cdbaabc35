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
public final class JSerialCommPort extends DescriptorPort {
    private enum State {
        NEW,
        OPENING,
        OPEN,
        CLOSED
    }

    private static final int READ_TIMEOUT_MILLIS = 100;
    /** n_tty's own buffer: a read never returns more. */
    private static final int READ_CHUNK = 4096;
    /** Two of the pieces in which Linux's tty layer copies a write: a fast port costs a native call, and its copies, half as often. */
    private static final int WRITE_CHUNK_MAX = 4096;

    private static final int WRITE_CHUNK_MIN = 32;
    private static final int WRITE_CHUNKS_PER_SECOND = 20;
    private static final int BITS_PER_CHARACTER = 10;

    /** How long to wait for a native call to end before the next, stronger measure. */
    private static final long LEAVE_NANOS = 150_000_000L;

    private final String name;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    /** Threads inside a native call of this port. */
    private final AtomicInteger inside = new AtomicInteger();

    // Made when they are needed: not at all where an event loop moves the bytes.
    private byte @Nullable [] readChunk;
    private byte @Nullable [] writeChunk;
    private volatile int writeLimit = WRITE_CHUNK_MAX;
    private volatile @Nullable SerialPort port;
    private volatile @Nullable PortDrain drain;
    private volatile boolean lost;
    private volatile @Nullable Pause pause;

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
        open(settings, SerialPort.TIMEOUT_READ_SEMI_BLOCKING);
    }

    @Override
    int openWithDescriptor(UartSettings settings) throws IOException {
        SerialPort opened = open(settings, SerialPort.TIMEOUT_NONBLOCKING);
        int descriptor = OpenDescriptor.of(opened.getSystemPortPath());
        if (descriptor == NONE) {
            useThreads();
        }
        return descriptor;
    }

    private SerialPort open(UartSettings settings, int timeoutMode) throws IOException {
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
        JSerialCommSettings.check(name, settings);
        // Before the open: its first act is to set both lines at once, so that an ESP32's reset circuit, which reacts
        // to a difference between them, sees none.
        opened.setDTRandRTS(settings.dtr(), settings.rts());
        opened.setComPortTimeouts(timeoutMode, READ_TIMEOUT_MILLIS, 0);
        JSerialCommSettings.apply(opened, settings);
        if (!JSerialComm.open(opened)) {
            throw OpenFailure.diagnose(name, opened.getLastErrorCode(), settings, file);
        }
        port = opened;
        drain = new PortDrain(opened);
        limitWrites(settings);
        if (!state.compareAndSet(State.OPENING, State.OPEN)) {
            opened.closePort();
            throw new UartException(name, name + " was closed while it was being opened");
        }
        return opened;
    }

    @Override
    void useThreads() throws IOException {
        SerialPort open = enterOrFail();
        try {
            open.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, READ_TIMEOUT_MILLIS, 0);
        } finally {
            leave();
        }
    }

    @Override
    void written() {
        PortDrain open = drain;
        if (open != null) {
            open.written();
        }
    }

    @Override
    void setPause(Pause pause) {
        this.pause = pause;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        SerialPort open = enter();
        if (open == null) {
            return -1;
        }
        byte[] chunk = readChunk;
        if (chunk == null) {
            chunk = readChunk = new byte[READ_CHUNK];
        }
        int count;
        try {
            count = open.readBytes(chunk, Math.min(length, READ_CHUNK), 0);
        } finally {
            leave();
        }
        if (count > 0) {
            System.arraycopy(chunk, 0, target, offset, count);
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
        byte[] chunk = writeChunk;
        if (chunk == null) {
            chunk = writeChunk = new byte[WRITE_CHUNK_MAX];
        }
        int count = Math.min(length, writeLimit);
        try {
            System.arraycopy(source, offset, chunk, 0, count);
            count = open.writeBytes(chunk, count, 0);
        } finally {
            leave();
        }
        if (count <= 0) {
            return gone("write");
        }
        written();
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
        JSerialCommSettings.check(name, settings);
        SerialPort open = enterOrFail();
        try {
            drain(State.OPEN);
            if (!applyWhilePaused(open, settings)) {
                throw unsupported(settings.toString());
            }
            limitWrites(settings);
        } finally {
            leave();
        }
    }

    private boolean applyWhilePaused(SerialPort open, UartSettings settings) {
        Pause others = pause;
        if (others == null) {
            return JSerialCommSettings.apply(open, settings);
        }
        others.begin();
        try {
            return JSerialCommSettings.apply(open, settings);
        } finally {
            others.end();
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
            drain(State.CLOSED);
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

    private void drain(State during) {
        PortDrain open = drain;
        if (open != null) {
            open.await(() -> state.get() == during);
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

    @Override
    public String toString() {
        return name;
    }
}
