package dev.uartnet.esp32;

/** BLOB_WRITE. */
final class BlobWrite extends PendingRequest {
    private static final int BLOB_MAX = 255;

    private final Arguments args;

    BlobWrite(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        int blob = args.integer("blob", 0, BLOB_MAX);
        succeed(session.blobs().write(blob, args.bytes("bin")));
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
