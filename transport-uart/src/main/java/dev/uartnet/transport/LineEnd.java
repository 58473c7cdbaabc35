package dev.uartnet.transport;

/**
 * This program's end of a line whose other end is opened on this machine too, as a serial port: a pseudo terminal's master, or one of
 * two {@link MemoryPort}s. So it can tell what a real line would do with its bytes. For simulators. Any thread may ask; nothing here
 * blocks.
 */
public interface LineEnd extends UartPort {
    /**
     * The speed that the far end is set to, in baud; 0 if it cannot be told. A far end that nobody has opened yet has what the system sets
     * (a Linux pseudo terminal: 38400), one that was closed what it had.
     */
    int farBaudRate();

    /**
     * How many of the bytes written here the far end has not read yet. Of a pseudo terminal: those that have arrived at its other side;
     * the last ones, written some 0.1 ms ago, may be missing.
     */
    int farUnread();
}
