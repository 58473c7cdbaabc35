package dev.uartnet.transport;

import java.io.IOException;

/** Something went wrong with a serial port. The message names the port, what failed and the way out. */
public class UartException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String portName;

    public UartException(String portName, String message) {
        super(message);
        this.portName = portName;
    }

    public UartException(String portName, String message, Throwable cause) {
        super(message, cause);
        this.portName = portName;
    }

    /** The port that it happened to, as it was named when it was opened. */
    public final String portName() {
        return portName;
    }
}
