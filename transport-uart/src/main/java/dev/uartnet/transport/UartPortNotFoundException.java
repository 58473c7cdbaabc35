package dev.uartnet.transport;

/** There is no port of that name. The message lists the ports that exist. */
public final class UartPortNotFoundException extends UartException {
    private static final long serialVersionUID = 1L;

    public UartPortNotFoundException(String portName, String message) {
        super(portName, message);
    }

    public UartPortNotFoundException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
