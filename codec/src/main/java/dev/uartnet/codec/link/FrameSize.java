package dev.uartnet.codec.link;

/**
 * How large frames are best on this line, by how many of them get lost (PROTOCOL.md, section 5, "Frame size"). A frame of {@code n}
 * bytes wastes {@code OVERHEAD} of them, and all with a probability of about {@code p * n}: the least is wasted at
 * {@code n = sqrt(OVERHEAD / p)}.
 */
final class FrameSize {
    /** Bytes of a full frame that are not the user's: two END, header, CRC, and the header of CHANNEL_DATA. */
    private static final int OVERHEAD = 16;
    /** Of these, what is around the payload. */
    static final int AROUND_PAYLOAD = 10;

    /** 64 bytes of a channel, and their header. */
    static final int PAYLOAD_MIN = 70;

    /** Bytes that are taken to have passed before the first one: a loss at the very beginning tells little. */
    private static final int PRIOR_BYTES = 16_384;
    /** Then both counts are halved, so that what was long ago counts less and less. */
    private static final int MEMORY_BYTES = 131_072;

    private int sentBytes;
    private double lostFrames;

    /** A frame has gone to the line, the first time or again. */
    void sent(int bytes) {
        sentBytes += bytes;
        if (sentBytes >= MEMORY_BYTES) {
            sentBytes /= 2;
            lostFrames /= 2;
        }
    }

    /** A frame was lost on the line. */
    void lost() {
        lostFrames++;
    }

    /** Returns the best size of a payload, at most {@code max}. */
    int payloadBytes(int max) {
        if (lostFrames == 0) {
            return max;
        }
        double best = Math.sqrt(OVERHEAD * (PRIOR_BYTES + (double) sentBytes) / lostFrames) - AROUND_PAYLOAD;
        return best >= max ? max : Math.min(max, Math.max(PAYLOAD_MIN, (int) best));
    }
}
