package dev.uartnet.esp32;

import java.io.IOException;

/** The firmware cannot run on this machine: there is no MicroPython and none can be fetched, or no checkout to run it from. */
public final class FirmwareMissingException extends IOException {
    private static final long serialVersionUID = 1L;

    public FirmwareMissingException(String message) {
        super(message);
    }
}
