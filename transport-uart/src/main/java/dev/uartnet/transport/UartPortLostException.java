package dev.uartnet.transport;

/** An open port is gone: unplugged, or the other end of a pseudo terminal was closed. */
public final class UartPortLostException extends UartException {
    private static final long serialVersionUID = 1L;

    public UartPortLostException(String portName, String message) {
        super(portName, message);
    }

    public UartPortLostException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
