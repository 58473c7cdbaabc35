package dev.uartnet.transport;

/** The port, its driver or the operating system does not support a setting. */
public final class UartParameterException extends UartException {
    private static final long serialVersionUID = 1L;

    public UartParameterException(String portName, String message) {
        super(portName, message);
    }

    public UartParameterException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
