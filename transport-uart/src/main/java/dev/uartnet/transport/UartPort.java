package dev.uartnet.transport;

import java.io.IOException;

/**
 * A serial port below a {@link UartChannel}: blocking calls on byte arrays. Each object is opened once and closed once.
 *
 * <p>Threads: one opens, then one reads and another one writes, any thread may call the rest, all at the same time.
 * None of them is an event loop.
 */
public interface UartPort {
    /** The port's name for threads and messages. */
    String name();

    /**
     * Opens the port. Blocks as long as the driver does.
     *
     * @throws UartException if the port cannot be opened, by one of its subclasses, or was closed meanwhile
     */
    void open(UartSettings settings) throws IOException;

    /**
     * Reads what is there, as soon as that is at least one byte.
     *
     * @return bytes read (1 to {@code length}); 0 when nothing came for some time: ask again; -1 once {@link #close()}
     *     was called
     * @throws UartPortLostException if the port is gone
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /**
     * Writes some of the bytes. Blocks while the port accepts none.
     *
     * @return bytes that the port accepted (1 to {@code length}); 0 when it accepted none for some time: ask again; -1
     *     once {@link #close()} was called
     * @throws UartPortLostException if the port is gone
     */
    int write(byte[] source, int offset, int length) throws IOException;

    /** Whether an open port is known to be gone; does not block. For a reader that has no room to read. */
    boolean isLost();

    /**
     * Changes the settings of the open port, except the levels of DTR and RTS, once what was written before is on the
     * line. Blocks for that time, at most about a second.
     *
     * @throws UartParameterException if the port does not support them
     */
    void configure(UartSettings settings) throws IOException;

    /**
     * Asserts or releases DTR.
     *
     * @throws UartParameterException if the port has no such line
     */
    void setDtr(boolean asserted) throws IOException;

    /**
     * Asserts or releases RTS.
     *
     * @throws UartParameterException if the port has no such line
     */
    void setRts(boolean asserted) throws IOException;

    /**
     * Starts or ends a break: the line held at its active level.
     *
     * @throws UartParameterException if the port cannot
     */
    void setBreak(boolean active) throws IOException;

    /**
     * Closes the port in whatever state it is; a thread in {@link #read} or {@link #write} returns. When this returns,
     * the port can be opened again (by another object), unless an {@link #open} is still under way: that one then
     * closes what it opened and fails. May block while bytes already accepted leave, for at most about three seconds
     * unless the driver itself hangs. Closing twice is harmless.
     */
    void close();
}
