package dev.uartnet.transport;

import java.io.IOException;

/**
 * A port of the operating system whose descriptor an event loop can read and write by itself, without blocking. What the
 * event loop does with the descriptor, it does between {@link #openWithDescriptor} and {@link #close()}, and never closes it.
 */
abstract class DescriptorPort implements UartPort {
    /** No descriptor. */
    static final int NONE = -1;

    /** Called on the thread that changes the settings. */
    interface Pause {
        /** Returns once nobody reads or writes the descriptor any more. */
        void begin();

        void end();
    }

    /**
     * Opens the port as {@link #open} does, but so that no read or write of its descriptor blocks. Blocks itself.
     *
     * @return the descriptor; {@link #NONE} if it cannot be told: the port is then open as after {@link #open}
     */
    abstract int openWithDescriptor(UartSettings settings) throws IOException;

    /** Ends the time of the descriptor: from now on the port is as after {@link #open}. Blocks. */
    abstract void useThreads() throws IOException;

    /** Some bytes were written to the descriptor. */
    abstract void written();

    /** Whom to tell when the port's settings change, while reads and writes of the descriptor would wait for the driver. */
    abstract void setPause(Pause pause);
}
