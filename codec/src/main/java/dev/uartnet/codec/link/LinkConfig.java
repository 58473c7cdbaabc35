package dev.uartnet.codec.link;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What an endpoint offers and expects of a link (PROTOCOL.md, section 4.1). Immutable: each {@code with} method returns another.
 *
 * @param windowFrames DATA frames that this end can hold, 1 to 127; default 64
 * @param bufferBytes bytes that this end can hold in those frames (payload plus 8 each), at least two full frames; default 65,536 on
 *     a host, 8,320 on a device (more above 3,900,000 baud)
 * @param maxPayload largest payload that this end accepts, 256 to 16,384 bytes; default 1,032
 * @param keepalive interval of silence after which the peer is asked for a sign of life, 100 ms to 60 s; the smaller one of
 *     both ends is in force, and two and a half of them without a frame end the session; default 1 s on a host, 60 s (whatever the
 *     host wishes) on a device
 * @param connectTimeout (host) how long a session may take to come about; default 5 s
 * @param baudRate the line's speed in bits a second, by which the retransmission timer and the delay of acknowledgements are
 *     reckoned; default 115,200
 * @param features bits of {@link Feature} that this end has; default RETRANSMIT
 * @param takeover (device) whether another host may take over while a session lives, else it is refused as BUSY; default true
 * @param agent implementation and version, up to 64 bytes of UTF-8
 */
public record LinkConfig(
        int windowFrames,
        int bufferBytes,
        int maxPayload,
        Duration keepalive,
        Duration connectTimeout,
        int baudRate,
        long features,
        boolean takeover,
        String agent) {
    /**
     * What may be in the pipe on a line so fast that this is more than 6 full frames (PROTOCOL.md, section 5): a round trip through programs, whose threads wait for
     * each other, is not shortened by the line's speed.
     */
    public static final Duration PIPE_TIME = Duration.ofMillis(16);

    private static final int AGENT_BYTES_MAX = 64;
    /** Enough for a round trip; more would only wait in buffers, and repetitions and short messages behind it. */
    private static final int PIPE_FRAMES = 6;
    /** What a device has room for besides what is in the pipe: frames that came behind a gap. */
    private static final int BUFFER_FRAMES_MORE = 2;
    /** Start bit, eight data bits, stop bit. */
    private static final int BITS_PER_BYTE = 10;

    private static final LinkConfig HOST = new LinkConfig(
            64,
            65_536,
            1_032,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            115_200,
            Feature.RETRANSMIT,
            true,
            "uartnet-java/0.1.0");

    public LinkConfig {
        range("windowFrames", windowFrames, 1, FrameCodec.WINDOW_FRAMES_MAX);
        range("maxPayload", maxPayload, FrameCodec.PAYLOAD_BYTES_MIN, FrameCodec.PAYLOAD_BYTES_MAX);
        range("bufferBytes", bufferBytes, 2L * (maxPayload + FrameCodec.OVERHEAD_BYTES), Integer.MAX_VALUE);
        range("keepalive in ms", keepalive.toMillis(), 100, 60_000);
        range("connectTimeout in ms", connectTimeout.toMillis(), 1, Integer.MAX_VALUE);
        range("baudRate", baudRate, 300, 100_000_000);
        range("agent's bytes", agent.getBytes(StandardCharsets.UTF_8).length, 0, AGENT_BYTES_MAX);
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    /** Returns the defaults of a host. */
    public static LinkConfig host() {
        return HOST;
    }

    /** Returns the defaults of a device at 115,200 baud: the memory of an ESP32, and whatever keepalive interval the host wishes. */
    public static LinkConfig device() {
        return device(HOST.baudRate);
    }

    /**
     * Returns the defaults of a device at this speed, in bits a second. Up to 3,900,000 baud they are those of {@link #device()}; above, its buffer has room for what a
     * host may have in the pipe then, 21,280 bytes at 12,000,000 baud.
     */
    public static LinkConfig device(int baudRate) {
        LinkConfig line = HOST.withBaudRate(baudRate);
        int more = BUFFER_FRAMES_MORE * (line.maxPayload + FrameCodec.OVERHEAD_BYTES);
        return line.withBufferBytes(line.pipeBytes(line.maxPayload) + more)
                .withKeepalive(Duration.ofSeconds(60))
                .withAgent("uartnet-simulator/0.1.0");
    }

    /** Returns the same with another window, in frames. */
    public LinkConfig withWindowFrames(int frames) {
        return new LinkConfig(
                frames, bufferBytes, maxPayload, keepalive, connectTimeout, baudRate, features, takeover, agent);
    }

    /** Returns the same with another buffer, in bytes. */
    public LinkConfig withBufferBytes(int bytes) {
        return new LinkConfig(
                windowFrames, bytes, maxPayload, keepalive, connectTimeout, baudRate, features, takeover, agent);
    }

    /** Returns the same with another largest payload, in bytes. */
    public LinkConfig withMaxPayload(int bytes) {
        return new LinkConfig(
                windowFrames, bufferBytes, bytes, keepalive, connectTimeout, baudRate, features, takeover, agent);
    }

    /** Returns the same with another keepalive interval. */
    public LinkConfig withKeepalive(Duration interval) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, interval, connectTimeout, baudRate, features, takeover, agent);
    }

    /** Returns the same with another connect timeout. */
    public LinkConfig withConnectTimeout(Duration timeout) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, keepalive, timeout, baudRate, features, takeover, agent);
    }

    /** Returns the same for a line of another speed, in bits a second. */
    public LinkConfig withBaudRate(int bits) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, keepalive, connectTimeout, bits, features, takeover, agent);
    }

    /** Returns the same with other features. */
    public LinkConfig withFeatures(long bits) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, keepalive, connectTimeout, baudRate, bits, takeover, agent);
    }

    /** Returns the same with or without takeover by another host. */
    public LinkConfig withTakeover(boolean allowed) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, keepalive, connectTimeout, baudRate, features, allowed, agent);
    }

    /** Returns the same with another agent. */
    public LinkConfig withAgent(String name) {
        return new LinkConfig(
                windowFrames, bufferBytes, maxPayload, keepalive, connectTimeout, baudRate, features, takeover, name);
    }

    /** Returns the longest frame that this end accepts, its header and check included, in bytes. */
    public int maxFrameBytes() {
        return Math.max(maxPayload, FrameCodec.HELLO_PAYLOAD_BYTES_MAX) + FrameCodec.OVERHEAD_BYTES;
    }

    /** Returns how many bytes the line carries in that time, each way. */
    public int lineBytes(Duration time) {
        return (int) (time.toNanos() / 1_000 * baudRate / (BITS_PER_BYTE * 1_000_000L));
    }

    /** How many bytes may be in the pipe to a peer that takes payloads of that size. */
    int pipeBytes(int peersMaxPayload) {
        return Math.max(PIPE_FRAMES * (peersMaxPayload + FrameCodec.OVERHEAD_BYTES), lineBytes(PIPE_TIME));
    }

    /** The least time without an acknowledgement after which a frame is repeated: two full frames on the line, and 20 ms. */
    long timeoutFloorNanos() {
        return 20_000_000L + 2 * fullFrameNanos();
    }

    /** The payload of a frame that takes a quarter of a second: longer ones would make a slow line seem dead when some are lost. */
    int promptPayloadBytes() {
        return Math.max(FrameSize.PAYLOAD_MIN, baudRate / BITS_PER_BYTE / 4 - FrameSize.AROUND_PAYLOAD);
    }

    /** How long an acknowledgement may wait for a frame to ride on: as long as a full frame takes, 1 to 50 ms. */
    long ackDelayNanos() {
        return Math.min(50_000_000L, Math.max(1_000_000L, fullFrameNanos()));
    }

    /** How long a full frame takes on the line. */
    long fullFrameNanos() {
        return lineNanos(maxPayload + FrameCodec.OVERHEAD_BYTES + 2L, baudRate);
    }

    static long lineNanos(long bytes, int baud) {
        return bytes * BITS_PER_BYTE * 1_000_000_000L / baud;
    }
}
