package dev.uartnet.transport;

import java.net.SocketAddress;
import java.util.Objects;

/**
 * The address of a serial port: its name as the operating system knows it, {@code /dev/ttyUSB0}, {@code COM3}, or a
 * symbolic link such as {@code /dev/serial/by-id/...}.
 */
public final class UartAddress extends SocketAddress {
    private static final long serialVersionUID = 1L;

    private final String portName;

    /** Throws {@link IllegalArgumentException} for an empty name. */
    public UartAddress(String portName) {
        this.portName = Objects.requireNonNull(portName, "portName");
        if (portName.isBlank()) {
            throw new IllegalArgumentException("portName is empty (expected: a name such as /dev/ttyUSB0 or COM3)");
        }
    }

    /** The name that the address was made with. */
    public String portName() {
        return portName;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UartAddress address && address.portName.equals(portName);
    }

    @Override
    public int hashCode() {
        return portName.hashCode();
    }

    @Override
    public String toString() {
        return portName;
    }
}
