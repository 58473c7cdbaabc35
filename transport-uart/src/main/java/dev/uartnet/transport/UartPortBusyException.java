package dev.uartnet.transport;

/** Another program, or another channel of this one, has the port open. */
public final class UartPortBusyException extends UartException {
    private static final long serialVersionUID = 1L;

    public UartPortBusyException(String portName, String message) {
        super(portName, message);
    }

    public UartPortBusyException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
