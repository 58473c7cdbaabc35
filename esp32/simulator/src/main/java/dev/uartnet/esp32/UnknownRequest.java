package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;

/** An operation that this device does not have. */
final class UnknownRequest extends PendingRequest {
    private final int operation;

    UnknownRequest(DeviceSession session, int id, int operation) {
        super(session, id);
        this.operation = operation;
    }

    @Override
    void start() throws DeviceException {
        throw new DeviceException(ErrorCode.UNSUPPORTED, "no such operation: " + operation);
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
