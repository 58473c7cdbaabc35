package dev.uartnet.esp32;

/** An operation that this device does not have, or does not allow. */
final class RefusedRequest extends PendingRequest {
    private final DeviceException why;

    RefusedRequest(DeviceSession session, int id, DeviceException why) {
        super(session, id);
        this.why = why;
    }

    @Override
    void start() throws DeviceException {
        throw why;
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
