package dev.uartnet.transport.pty;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartParameterException;
import dev.uartnet.transport.UartPortLostException;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The master's end of a pseudo terminal. A read or write waits in {@code poll} for the terminal or for a pipe that {@link
 * #close} writes to. It has no line, so that settings mean nothing to it, and no modem lines.
 */
final class MasterPort implements LineEnd {
    private static final int CHUNK = 8 * 1024;
    /** Only a safety net: close() wakes a poll by the pipe. */
    private static final int POLL_MILLIS = 1_000;

    private final int master;
    /**
     * Kept open so that the slave's settings stay, and the master sees no hang-up, while nobody else has it open; and because the kernel
     * tells only here what is unread.
     */
    private final int slave;

    private final String name;
    private final int wakeRead;
    private final int wakeWrite;
    private final Side reading = new Side(LibC.POLLIN);
    private final Side writing = new Side(LibC.POLLOUT);
    /** Threads that use the descriptors. */
    private final AtomicInteger inside = new AtomicInteger();

    private volatile boolean closed;

    /** Owns the two descriptors from now on, unless it throws. */
    MasterPort(int master, int slave, String slavePath) throws IOException {
        this.master = master;
        this.slave = slave;
        name = slavePath + "-master";
        int[] pipe = new int[2];
        PseudoTerminal.check("pipe", LibC.pipe(pipe));
        wakeRead = pipe[0];
        wakeWrite = pipe[1];
    }

    /** What one direction needs for its system calls; used by one thread. */
    private final class Side {
        final Memory chunk = new Memory(CHUNK);
        private final Memory pollfds = new Memory(2L * LibC.POLLFD_SIZE);
        private final int events;

        Side(int events) {
            this.events = events;
        }

        /** Waits until the terminal is ready for this side, is gone, or the port is closed. */
        void await() {
            describe(0, master, events);
            describe(LibC.POLLFD_SIZE, wakeRead, LibC.POLLIN);
            LibC.poll(pollfds, new NativeLong(2), POLL_MILLIS);
        }

        private void describe(int offset, int fd, int wanted) {
            pollfds.setInt(offset, fd);
            pollfds.setShort(offset + LibC.POLLFD_EVENTS, (short) wanted);
            pollfds.setShort(offset + LibC.POLLFD_REVENTS, (short) 0);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(UartSettings settings) throws IOException {
        if (closed) {
            throw new UartException(name, "cannot open " + name + ": closed before (make a new PseudoTerminal)");
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!enter()) {
            return -1;
        }
        try {
            int count = transfer(
                    reading, LibC.read(master, reading.chunk, size(length)).intValue());
            if (count > 0) {
                reading.chunk.read(0, target, offset, count);
            } else if (count == 0 && !closed) {
                reading.await();
            }
            return closed ? -1 : count;
        } finally {
            leave();
        }
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        if (!enter()) {
            return -1;
        }
        try {
            int size = Math.min(length, CHUNK);
            writing.chunk.write(0, source, offset, size);
            int count = transfer(
                    writing,
                    LibC.write(master, writing.chunk, new NativeLong(size)).intValue());
            if (count == 0 && !closed) {
                writing.await();
            }
            return closed ? -1 : count;
        } finally {
            leave();
        }
    }

    private static NativeLong size(int length) {
        return new NativeLong(Math.min(length, CHUNK));
    }

    private int transfer(Side side, int result) throws UartPortLostException {
        if (result > 0) {
            return result;
        }
        int errno = Native.getLastError();
        if (result < 0 && (errno == LibC.EAGAIN || errno == LibC.EINTR)) {
            return 0;
        }
        throw new UartPortLostException(
                name, name + " is gone (" + (side == reading ? "read" : "write") + " failed, errno " + errno + ")");
    }

    @Override
    public int farBaudRate() {
        if (!enter()) {
            return 0;
        }
        try {
            return LibC.outputSpeed(slave);
        } finally {
            leave();
        }
    }

    @Override
    public int farUnread() {
        if (!enter()) {
            return 0;
        }
        try {
            return Math.max(0, LibC.unread(slave));
        } finally {
            leave();
        }
    }

    @Override
    public boolean isLost() {
        return false; // this class holds the slave open: only close() ends it
    }

    @Override
    public void configure(UartSettings settings) {}

    @Override
    public void setDtr(boolean asserted) throws UartParameterException {
        throw new UartParameterException(name, name + ": a pseudo terminal has no DTR");
    }

    @Override
    public void setRts(boolean asserted) throws UartParameterException {
        throw new UartParameterException(name, name + ": a pseudo terminal has no RTS");
    }

    @Override
    public void setBreak(boolean active) throws UartParameterException {
        throw new UartParameterException(name, name + ": a pseudo terminal has no break");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        Pointer one = new Memory(1);
        LibC.write(wakeWrite, one, new NativeLong(1));
        while (inside.get() > 0) { // no call blocks but poll, which the pipe has woken
            LockSupport.parkNanos(50_000);
        }
        LibC.close(master);
        LibC.close(slave);
        LibC.close(wakeRead);
        LibC.close(wakeWrite);
    }

    private boolean enter() {
        inside.incrementAndGet();
        if (closed) { // read after the announcement, as close() looks in the other order
            inside.decrementAndGet();
            return false;
        }
        return true;
    }

    private void leave() {
        inside.decrementAndGet();
    }

    @Override
    public String toString() {
        return name;
    }
}
