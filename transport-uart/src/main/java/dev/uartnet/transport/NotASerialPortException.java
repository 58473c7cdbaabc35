package dev.uartnet.transport;

/** The name belongs to something else than a serial port, such as a file or {@code /dev/null}. */
public final class NotASerialPortException extends UartException {
    private static final long serialVersionUID = 1L;

    public NotASerialPortException(String portName, String message) {
        super(portName, message);
    }

    public NotASerialPortException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
