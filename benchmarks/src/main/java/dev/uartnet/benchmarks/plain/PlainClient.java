package dev.uartnet.benchmarks.plain;

import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with {@code plain.py}: one request at a time, repeated with the same number until it is answered. Not for several threads at once; every method blocks.
 * Its requests wait for what they need of the line and a margin, so that on a good line nothing is repeated in vain.
 */
public final class PlainClient implements AutoCloseable {
    private static final int RESET = 0;
    private static final int OPEN = 1;
    private static final int SEND = 2;
    private static final int RECV = 3;
    private static final int CLOSE = 4;
    private static final int DONE = 0;
    private static final int ENDED = 1;
    private static final int BODY_BYTES = 1_024;
    private static final int BITS_PER_BYTE = 10;
    /** Numbers, checks and ends of a frame, and escapes. */
    private static final int FRAME_BYTES = 40;
    /** What a device may need to carry out a request that does not wait. */
    private static final long MARGIN_MILLIS = 30;

    private static final int TRIES_MAX = 200;
    private static final int READ_BYTES = 4_096;

    private final UartPort port;
    private final int baud;
    private final long marginMillis;
    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private int number;
    private int most;
    private long repeated;

    /**
     * Opens the port, and resets the device.
     *
     * @param port a port that nobody has opened yet; closed by {@link #close}
     * @param baud speed of the line, for the timeouts
     * @param latency of an adapter in it, each way, likewise
     */
    public PlainClient(UartPort port, int baud, Duration latency) throws IOException {
        this.port = port;
        this.baud = baud;
        marginMillis = MARGIN_MILLIS + 2 * latency.toMillis();
        port.open(UartSettings.DEFAULT);
        Thread reader = new Thread(this::read, "plain-reader");
        reader.setDaemon(true);
        reader.start();
        byte[] answer = request(body(RESET), FRAME_BYTES, 0);
        most = number(answer, 2);
    }

    private void read() {
        PlainFraming framing = new PlainFraming();
        byte[] chunk = new byte[READ_BYTES];
        try {
            for (int count = port.read(chunk, 0, chunk.length); count >= 0; count = port.read(chunk, 0, chunk.length)) {
                framing.decode(chunk, count, answers::add);
            }
        } catch (IOException closed) {
            // Requests find no answer.
        }
    }

    /** Connects; returns the connection's id. */
    public int open(String host, int toPort) throws IOException {
        byte[] name = host.getBytes(StandardCharsets.UTF_8);
        byte[] body = body(OPEN, toPort >> 8, toPort, name);
        return request(body, FRAME_BYTES, 1_000)[2] & 0xFF;
    }

    /** Sends all of it. */
    public void send(int id, byte[] data, int offset, int length) throws IOException {
        int sent = 0;
        while (sent < length) {
            int at = offset + sent;
            byte[] piece = Arrays.copyOfRange(data, at, at + Math.min(most, length - sent));
            sent += number(request(body(SEND, id, piece), FRAME_BYTES, 0), 2);
        }
    }

    /** Returns what came, empty if nothing did within that time; null at the stream's end. */
    public byte @Nullable [] receive(int id, int timeoutMillis) throws IOException {
        byte[] answer = request(
                body(RECV, id, most >> 8, most, timeoutMillis >> 8, timeoutMillis), FRAME_BYTES + most, timeoutMillis);
        return answer[1] == ENDED ? null : Arrays.copyOfRange(answer, 2, answer.length);
    }

    /** Closes a connection. */
    public void close(int id) throws IOException {
        request(body(CLOSE, id), FRAME_BYTES, 0);
    }

    /** Returns how many requests had to be sent again. */
    public long repeated() {
        return repeated;
    }

    private byte[] body(int operation, Object... parts) {
        byte[] body = new byte[BODY_BYTES];
        int length = 0;
        body[length++] = (byte) number;
        body[length++] = (byte) operation;
        for (Object part : parts) {
            if (part instanceof byte[] bytes) {
                System.arraycopy(bytes, 0, body, length, bytes.length);
                length += bytes.length;
            } else {
                body[length++] = (byte) (int) (Integer) part;
            }
        }
        number = number + 1 & 0xFF;
        return Arrays.copyOf(body, length);
    }

    private static int number(byte[] answer, int at) {
        return (answer[at] & 0xFF) << 8 | answer[at + 1] & 0xFF;
    }

    private byte[] request(byte[] body, int answerBytes, long millis) throws IOException {
        byte[] frame = PlainFraming.encode(body);
        // Of random bytes one in 128 is escaped; the frame knows its own.
        long wait = (frame.length + answerBytes + answerBytes / 64) * 1_000L * BITS_PER_BYTE / baud;
        for (int i = 0; i < TRIES_MAX; i++) {
            repeated += i > 0 ? 1 : 0;
            write(frame);
            byte[] answer = await(body[0], wait + marginMillis + millis);
            if (answer != null) {
                if (answer[1] != DONE && answer[1] != ENDED) {
                    throw new IOException(
                            "the device failed to carry out operation " + body[1] + ": errno " + number(answer, 2));
                }
                return answer;
            }
        }
        throw new IOException("no answer to operation " + body[1] + " after " + TRIES_MAX + " tries");
    }

    private byte @Nullable [] await(byte wanted, long millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            while (true) {
                byte[] answer = answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (answer == null || answer[0] == wanted && answer.length > 1) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void write(byte[] frame) throws IOException {
        int at = 0;
        while (at < frame.length) {
            int count = port.write(frame, at, frame.length - at);
            if (count < 0) {
                throw new IOException("the port is closed");
            }
            at += count;
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
