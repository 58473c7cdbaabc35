package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * The payload of RESET (PROTOCOL.md, section 4.1).
 *
 * @param reason why
 * @param hostId the HELLO's that it answers, else 0
 * @param bootId the device's, 0 from a host
 * @param text for people
 */
record Reset(ResetReason reason, int hostId, int bootId, String text) {
    private static final int TEXT_BYTES_MAX = 200;
    private static final long UINT32 = 0xFFFF_FFFFL;

    byte[] encode() {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (length > TEXT_BYTES_MAX) {
            // Cut at a character's first byte.
            length = TEXT_BYTES_MAX;
            while ((utf8[length] & 0xC0) == 0x80) {
                length--;
            }
        }
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(4).packInt(reason.code());
            packer.packLong(hostId & UINT32).packLong(bootId & UINT32);
            packer.packRawStringHeader(length).writePayload(utf8, 0, length);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static @Nullable Reset decode(ByteBuf payload) {
        byte[] bytes = new byte[Math.min(payload.readableBytes(), FrameCodec.HELLO_PAYLOAD_BYTES_MAX)];
        payload.getBytes(payload.readerIndex(), bytes);
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
            if (in.unpackArrayHeader() < 4) {
                return null;
            }
            return new Reset(
                    ResetReason.of(in.unpackInt()), (int) in.unpackLong(), (int) in.unpackLong(), in.unpackString());
        } catch (IOException | MessagePackException e) {
            return null;
        }
    }
}
