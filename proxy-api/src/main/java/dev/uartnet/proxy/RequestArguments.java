package dev.uartnet.proxy;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.MessageEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How long the arguments of a request are. */
final class RequestArguments {
    /** Of all blobs of a session together (PROTOCOL.md, section 11). */
    private static final int BLOB_BYTES_MAX = 16_384;
    /** Of a frame's payload, what is not the arguments': array, kind, id, operation, deadline. */
    private static final int OVERHEAD_BYTES = 24;
    /** No number, boolean or handle takes more. */
    private static final int SCALAR_BYTES_MAX = 9;

    private static final int HEAD_BYTES_MAX = 5;
    private static final int UTF8_BYTES_MAX = 3;

    private RequestArguments() {}

    /**
     * Returns the encoded arguments if they do not fit a frame, else null.
     *
     * @throws IllegalArgumentException if the device cannot have them at all
     */
    static byte @Nullable [] tooLong(Session session, @Nullable Object... args) {
        int room = session.maxPayload() - OVERHEAD_BYTES;
        if (bytesAtMost(Arrays.asList(args)) <= room) {
            return null;
        }
        ByteBuf encoded = new MessageEncoder().encodeValues(UnpooledByteBufAllocator.DEFAULT, Arrays.asList(args));
        byte[] bytes = ByteBufUtil.getBytes(encoded);
        encoded.release();
        if (bytes.length <= room) {
            return null;
        }
        boolean blobs = (session.features() & (Feature.TLS | Feature.OBJECTS)) != 0;
        int most = blobs ? BLOB_BYTES_MAX : room;
        if (bytes.length > most) {
            throw new IllegalArgumentException(
                    "the arguments have " + bytes.length + " bytes; the device takes at most " + most);
        }
        return bytes;
    }

    /** An upper bound that needs no encoding. */
    private static long bytesAtMost(@Nullable Object value) {
        if (value instanceof String text) {
            return HEAD_BYTES_MAX + (long) UTF8_BYTES_MAX * text.length();
        }
        if (value instanceof byte[] bytes) {
            return (long) HEAD_BYTES_MAX + bytes.length;
        }
        long sum = HEAD_BYTES_MAX;
        if (value instanceof List<?> list) {
            for (Object element : list) {
                sum += bytesAtMost(element);
            }
            return sum;
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += bytesAtMost(entry.getKey()) + bytesAtMost(entry.getValue());
            }
            return sum;
        }
        return SCALAR_BYTES_MAX;
    }
}
