package dev.uartnet.esp32;

import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartParameterException;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A serial port that can be pulled out and put back, as a USB adapter: a pseudo terminal behind a name that stays, such as those of
 * {@code /dev/serial/by-id}. This object is the end behind the plug, which a {@link SerialLine} or a {@link VirtualEsp32} takes; it lives on
 * while the port is out. For whoever has the port open, it is gone then.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>the name</th><th>read</th><th>write</th><th>next</th></tr>
 * <tr><td>PLUGGED</td><td>leads to the port</td><td>what its user writes</td><td>its user reads</td>
 *   <td>unplug: UNPLUGGED; close: CLOSED</td></tr>
 * <tr><td>UNPLUGGED</td><td>is not there</td><td>nothing comes</td><td>is lost</td><td>plug: PLUGGED, a new pseudo terminal; close:
 *   CLOSED</td></tr>
 * <tr><td>CLOSED</td><td>is not there</td><td>-1</td><td>-1</td><td></td></tr>
 * </table>
 *
 * <p>Any thread may call anything. Linux and macOS.
 */
public final class PluggablePort implements LineEnd {
    private final String name;
    private Path path;
    private volatile @Nullable PseudoTerminal terminal;
    private @Nullable PortLink link;
    private volatile boolean closed;

    private PluggablePort(Path path) {
        this.path = path;
        name = path + "-behind";
    }

    /**
     * Makes a port and plugs it in.
     *
     * @param path its name: a symbolic link is made there; one that leads to a pseudo terminal, or to nothing, is replaced
     * @throws IOException something else has that name, or the system has no pseudo terminal left
     * @throws UnsupportedOperationException on Windows
     */
    public static PluggablePort at(Path path) throws IOException {
        PluggablePort port = new PluggablePort(path);
        port.plug();
        return port;
    }

    /** The name to open it by, while it is plugged in. */
    public synchronized Path path() {
        return path;
    }

    /** Whether it is plugged in. */
    public boolean isPlugged() {
        return terminal != null;
    }

    /** Puts it back under its name: a new pseudo terminal with settings of its own. Does nothing if it is in, or closed. */
    public synchronized void plug() throws IOException {
        if (terminal != null || closed) {
            return;
        }
        PseudoTerminal made = PseudoTerminal.open();
        try {
            link = PortLink.make(path, Path.of(made.slavePath()));
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
        terminal = made;
        notifyAll();
    }

    /** Puts it back under another name, as an adapter that was given the next free number. */
    public synchronized void plug(Path newPath) throws IOException {
        if (terminal == null) {
            path = newPath;
        }
        plug();
    }

    /** Pulls it out: whoever has it open finds it gone. Does nothing if it is out. */
    public synchronized void unplug() throws IOException {
        PseudoTerminal present = terminal;
        PortLink presentLink = link;
        terminal = null;
        link = null;
        if (present != null) {
            present.close();
        }
        if (presentLink != null) {
            presentLink.remove();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(UartSettings settings) throws IOException {
        if (closed) {
            throw new UartException(name, "cannot open " + name + ": closed before (make a new PluggablePort)");
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        PseudoTerminal present = terminal;
        if (present == null) {
            return awaitPlug() ? 0 : -1;
        }
        int count = present.masterPort().read(target, offset, length);
        return count < 0 && !closed ? 0 : count;
    }

    /** Waits until it is plugged in; returns false once it is closed. Ignores interrupts. */
    private synchronized boolean awaitPlug() {
        boolean interrupted = false;
        while (terminal == null && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !closed;
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        PseudoTerminal present = terminal;
        int count = present == null ? -1 : present.masterPort().write(source, offset, length);
        // Bytes for a port that is out are lost.
        return count < 0 && !closed ? length : count;
    }

    @Override
    public int farBaudRate() {
        PseudoTerminal present = terminal;
        return present == null ? 0 : present.baudRate();
    }

    @Override
    public int farUnread() {
        PseudoTerminal present = terminal;
        return present == null ? 0 : present.masterPort().farUnread();
    }

    @Override
    public boolean isLost() {
        return false;
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

    /** Pulls it out for ever. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            unplug();
        } catch (IOException leftBehind) {
            // The name leads to nothing: the next one to take it replaces it.
        }
        notifyAll();
    }

    @Override
    public String toString() {
        return "PluggablePort(" + path() + (isPlugged() ? ")" : ", unplugged)");
    }
}
