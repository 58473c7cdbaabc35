package dev.uartnet.transport;

/** The process may not open the port. The message names the group that owns the device. */
public final class UartPermissionException extends UartException {
    private static final long serialVersionUID = 1L;

    public UartPermissionException(String portName, String message) {
        super(portName, message);
    }

    public UartPermissionException(String portName, String message, Throwable cause) {
        super(portName, message, cause);
    }
}
