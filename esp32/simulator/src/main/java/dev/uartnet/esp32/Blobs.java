package dev.uartnet.esp32;

import dev.uartnet.codec.message.BlobArguments;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.MalformedMessageException;
import dev.uartnet.codec.message.MessageDecoder;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bytes that a host has sent ahead, because they are too long for a request (PROTOCOL.md, section 8). One for a session. */
final class Blobs {
    /** All blobs of a session together. */
    private static final int BYTES_MAX = 16_384;

    private final Map<Integer, ByteArrayOutputStream> blobs = new HashMap<>();
    private final MessageDecoder decoder = new MessageDecoder();
    private int total;

    /** Puts bytes behind those that the blob has, and returns how many it has now. */
    int write(int blob, byte[] bytes) throws DeviceException {
        if (bytes.length > BYTES_MAX - total) {
            throw new DeviceException(ErrorCode.NO_RESOURCES, "blobs have at most " + BYTES_MAX + " bytes together");
        }
        total += bytes.length;
        ByteArrayOutputStream content = blobs.computeIfAbsent(blob, number -> new ByteArrayOutputStream());
        content.writeBytes(bytes);
        return content.size();
    }

    /** Removes a blob, and returns what it had; null if there is none. */
    byte @Nullable [] take(long blob) {
        ByteArrayOutputStream content = blobs.remove((int) Math.min(blob, Integer.MAX_VALUE));
        if (content == null) {
            return null;
        }
        total -= content.size();
        return content.toByteArray();
    }

    /** The arguments of a request as they came, or, if it names a blob instead, those that are in it. */
    List<@Nullable Object> arguments(List<@Nullable Object> args) throws DeviceException {
        if (args.size() != 1 || !(args.get(0) instanceof BlobArguments named)) {
            return args;
        }
        byte[] content = take(named.blob());
        if (content == null) {
            throw DeviceException.badRequest("blob", "there is no " + named.blob());
        }
        try {
            return decoder.decodeValues(Unpooled.wrappedBuffer(content));
        } catch (MalformedMessageException e) {
            throw DeviceException.badRequest("blob", String.valueOf(e.getMessage()));
        }
    }
}
