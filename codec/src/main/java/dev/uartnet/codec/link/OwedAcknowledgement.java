package dev.uartnet.codec.link;

import io.netty.util.concurrent.EventExecutor;

/**
 * What has arrived since the last acknowledgement, and when the next one has to go by itself (PROTOCOL.md, section 5, "Acknowledging"); every frame
 * that leaves takes one with it. On the event loop.
 */
final class OwedAcknowledgement {
    /** What may be unacknowledged, and for how long, while a message waits for the line: so many times what else may. */
    private static final int PATIENCE = 2;

    private final int fullFrame;
    private final int framesMax;
    private final RestartableTimer timer;
    private int frames;
    private int bytes;
    private boolean atOnce;

    /** @param delayPassed runs when something has waited for the whole delay */
    OwedAcknowledgement(LinkConfig config, Runnable delayPassed) {
        fullFrame = config.maxPayload() + FrameCodec.OVERHEAD_BYTES;
        framesMax = config.windowFrames() / 4;
        timer = new RestartableTimer(() -> {
            if (frames > 0) {
                delayPassed.run();
            }
        });
    }

    /** A DATA frame has arrived: payload and overhead. */
    void arrived(int size) {
        frames++;
        bytes += size;
    }

    /** The peer waits for it. */
    void atOnce() {
        atOnce = true;
    }

    /**
     * Whether it has to go now; if not, and something is owed, the delay begins.
     *
     * @param delayNanos that it may wait for a frame to ride on
     * @param messageComes such a frame waits for nothing but the line: riding on that costs nothing
     */
    boolean isDue(EventExecutor loop, long delayNanos, boolean messageComes) {
        int patience = messageComes ? PATIENCE : 1;
        if (atOnce || bytes > patience * fullFrame || frames > framesMax) {
            return true;
        }
        if (frames > 0 && !timer.isSet()) {
            timer.set(loop, patience * delayNanos);
        }
        return false;
    }

    /** A frame with the acknowledgement leaves. */
    void paid() {
        frames = 0;
        bytes = 0;
        atOnce = false;
        timer.clear();
    }

    /** Nothing is owed any more, and nothing is left on the event loop. */
    void stop() {
        paid();
        timer.stop();
    }
}
