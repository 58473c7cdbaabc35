package dev.uartnet.cli;

import dev.uartnet.esp32.Firmware;

/** The firmware's process as the subject of the contract. */
final class FirmwareSubject implements DeviceContract.Subject {
    private final Firmware firmware;

    FirmwareSubject(Firmware firmware) {
        this.firmware = firmware;
    }

    @Override
    public String port() {
        return firmware.path();
    }

    @Override
    public void kill() {
        ProcessHandle.of(firmware.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        firmware.close();
    }
}
