package dev.uartnet.proxy;

import dev.uartnet.codec.message.Operation;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are put on the device for one request, which consumes them (BLOB_WRITE; PROTOCOL.md, section 8). On the link's event loop.
 *
 * <p>The request follows at once: the link keeps the order, so that nobody has to wait for the answers.
 */
final class Blobs {
    private static final int NUMBERS = 256;
    /** Of a frame's payload, what is not the blob's at most: kind, id, operation, deadline, number, heads. */
    private static final int OVERHEAD_BYTES = 24;

    private static final int PIECE_BYTES_MIN = 64;

    private final ChannelMultiplexer multiplexer;
    /** All of the link's that are in use. */
    private final BitSet numbers;
    /** Those of this request. */
    private final BitSet mine = new BitSet();

    private @Nullable Throwable failure;

    Blobs(ChannelMultiplexer multiplexer, BitSet numbers) {
        this.multiplexer = multiplexer;
        this.numbers = numbers;
    }

    /** Returns what to name in the request: the bytes themselves where they are few, else the number of a blob that has them. */
    Object write(byte[] bytes) {
        return bytes.length <= pieceBytes() / 4 || numbers.cardinality() == NUMBERS ? bytes : put(bytes);
    }

    /**
     * Returns the number of a blob that has the bytes.
     *
     * @throws IllegalStateException if all numbers are in use
     */
    int put(byte[] bytes) {
        int number = numbers.nextClearBit(0);
        if (number >= NUMBERS) {
            throw new IllegalStateException(NUMBERS + " requests with long arguments are in flight already");
        }
        numbers.set(number);
        mine.set(number);
        int piece = pieceBytes();
        for (int at = 0; at < bytes.length; at += piece) {
            byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece));
            multiplexer
                    .requests()
                    .request(Operation.BLOB_WRITE, Duration.ZERO, number, part)
                    .addListener((Future<List<@Nullable Object>> answer) -> {
                        if (!answer.isSuccess() && failure == null) {
                            failure = answer.cause();
                        }
                    });
        }
        return number;
    }

    private int pieceBytes() {
        return Math.max(PIECE_BYTES_MIN, multiplexer.payloadBytes() - OVERHEAD_BYTES);
    }

    /** Returns why the device did not take one of them, or null. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** The request is over, and has consumed them. */
    void consumed() {
        numbers.andNot(mine);
        mine.clear();
    }
}
