package dev.uartnet.transport.pty;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.uartnet.transport.LineEnd;
import java.io.IOException;

/**
 * A pseudo terminal in raw mode. Another program, or a {@link dev.uartnet.transport.UartChannel}, opens {@link
 * #slavePath()} as its serial port; this program has the other end, {@link #masterPort()}.
 *
 * <p>It behaves as a wire does: the slave may be opened and closed many times, and what is written while it is closed
 * waits in the kernel's buffer (about 4 KiB to 20 KiB a direction), after which the writer waits. {@link #close()}
 * unplugs it: whoever has the slave open sees the port vanish.
 */
public final class PseudoTerminal implements AutoCloseable {
    private final String slavePath;
    private final MasterPort masterPort;

    private PseudoTerminal(int master, int slave, String slavePath) throws IOException {
        this.slavePath = slavePath;
        masterPort = new MasterPort(master, slave, slavePath);
    }

    /**
     * Makes a new pseudo terminal.
     *
     * @throws IOException if the system has none left
     * @throws UnsupportedOperationException on Windows, which has none of this kind
     */
    public static PseudoTerminal open() throws IOException {
        if (Platform.isWindows()) {
            throw new UnsupportedOperationException("no pseudo terminals on Windows (use MemoryPort, or com0com)");
        }
        int master = check("posix_openpt", LibC.posix_openpt(LibC.O_RDWR | LibC.O_NOCTTY));
        int slave = -1;
        try {
            check("grantpt", LibC.grantpt(master));
            check("unlockpt", LibC.unlockpt(master));
            String path = slavePathOf(master);
            slave = check("open " + path, LibC.VARIADIC.open(path, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC));
            makeRaw(slave);
            check("fcntl", LibC.VARIADIC.fcntl(master, LibC.F_SETFL, LibC.O_RDWR | LibC.O_NONBLOCK));
            return new PseudoTerminal(master, slave, path);
        } catch (IOException | RuntimeException e) {
            LibC.close(master);
            if (slave >= 0) {
                LibC.close(slave);
            }
            throw e;
        }
    }

    /** The C library keeps the name in one place for all threads. */
    private static synchronized String slavePathOf(int master) throws IOException {
        String path = LibC.ptsname(master);
        if (path == null) {
            throw new IOException("ptsname failed, errno " + Native.getLastError());
        }
        return path;
    }

    private static void makeRaw(int fd) throws IOException {
        Pointer termios = new Memory(LibC.TERMIOS_SIZE);
        check("tcgetattr", LibC.tcgetattr(fd, termios));
        LibC.cfmakeraw(termios);
        check("tcsetattr", LibC.tcsetattr(fd, LibC.TCSANOW, termios));
    }

    static int check(String function, int result) throws IOException {
        if (result < 0) {
            throw new IOException(function + " failed, errno " + Native.getLastError());
        }
        return result;
    }

    /** The device to open as a serial port, such as {@code /dev/pts/3}. */
    public String slavePath() {
        return slavePath;
    }

    /** This program's end, always the same object. Closing it unplugs the pseudo terminal. */
    public LineEnd masterPort() {
        return masterPort;
    }

    /**
     * The speed that the slave is set to, in baud: 38400 on Linux before anybody has opened it, afterwards what its last user has set,
     * also any that has no constant of its own (BOTHER); 0 once this is closed.
     */
    public int baudRate() {
        return masterPort.farBaudRate();
    }

    /** Unplugs: both ends are lost. Closing twice is harmless. */
    @Override
    public void close() {
        masterPort.close();
    }

    @Override
    public String toString() {
        return "PseudoTerminal(" + slavePath + ")";
    }
}
