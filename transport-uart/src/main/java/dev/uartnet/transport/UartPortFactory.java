package dev.uartnet.transport;

/** Makes the port that a {@link UartChannel} connects to. Called on the event loop: must not open it yet, nor block. */
@FunctionalInterface
public interface UartPortFactory {
    UartPort newPort(UartAddress address);
}
