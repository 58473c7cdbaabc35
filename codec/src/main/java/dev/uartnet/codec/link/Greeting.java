package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * The payload of HELLO and WELCOME (PROTOCOL.md, section 4.1).
 *
 * @param major protocol version
 * @param minor protocol version
 * @param hostId random number of the host's attempt
 * @param bootId random number of the device's boot; 0 in HELLO, which has none
 * @param windowFrames frames that the sender can hold
 * @param bufferBytes bytes that the sender can hold
 * @param maxPayload largest payload that the sender accepts
 * @param keepaliveMillis interval that the sender wishes
 * @param features bits of the sender's features
 * @param agent the sender's implementation and version
 */
record Greeting(
        int major,
        int minor,
        int hostId,
        int bootId,
        int windowFrames,
        int bufferBytes,
        int maxPayload,
        int keepaliveMillis,
        long features,
        String agent) {
    static final String PROTOCOL = "uartnet";
    static final int MAJOR = 1;
    static final int MINOR = 0;

    private static final long UINT32 = 0xFFFF_FFFFL;

    static Greeting of(LinkConfig config, int hostId, int bootId) {
        return new Greeting(
                MAJOR,
                MINOR,
                hostId,
                bootId,
                config.windowFrames(),
                config.bufferBytes(),
                config.maxPayload(),
                (int) config.keepalive().toMillis(),
                config.features(),
                config.agent());
    }

    byte[] encode(FrameType type) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(type == FrameType.HELLO ? 10 : 11);
            packer.packString(PROTOCOL).packInt(major).packInt(minor).packLong(hostId & UINT32);
            if (type == FrameType.WELCOME) {
                packer.packLong(bootId & UINT32);
            }
            packer.packInt(windowFrames)
                    .packInt(bufferBytes)
                    .packInt(maxPayload)
                    .packInt(keepaliveMillis);
            packer.packLong(features).packString(agent);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the payload says, or null if it is none: then the frame is treated as if it had not come. */
    static @Nullable Greeting decode(FrameType type, ByteBuf payload) {
        byte[] bytes = new byte[Math.min(payload.readableBytes(), FrameCodec.HELLO_PAYLOAD_BYTES_MAX)];
        payload.getBytes(payload.readerIndex(), bytes);
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
            int elements = in.unpackArrayHeader();
            if (elements < 3 || !in.unpackString().equals(PROTOCOL)) {
                return null;
            }
            int major = in.unpackInt();
            int minor = in.unpackInt();
            if (major != MAJOR) {
                // Only the first three keep their place for ever; the next is the host's id in all majors known so far.
                int hostId = elements > 3 ? (int) in.unpackLong() : 0;
                return new Greeting(major, minor, hostId, 0, 1, 0, 0, 0, 0, "");
            }
            if (elements < (type == FrameType.HELLO ? 10 : 11)) {
                return null;
            }
            int hostId = (int) in.unpackLong();
            int bootId = type == FrameType.WELCOME ? (int) in.unpackLong() : 0;
            Greeting greeting = new Greeting(
                    major,
                    minor,
                    hostId,
                    bootId,
                    in.unpackInt(),
                    in.unpackInt(),
                    in.unpackInt(),
                    in.unpackInt(),
                    in.unpackLong(),
                    in.unpackString());
            return greeting.isSound() ? greeting : null;
        } catch (IOException | MessagePackException e) {
            return null;
        }
    }

    private boolean isSound() {
        return windowFrames >= 1
                && windowFrames <= FrameCodec.WINDOW_FRAMES_MAX
                && maxPayload >= FrameCodec.PAYLOAD_BYTES_MIN
                && maxPayload <= FrameCodec.PAYLOAD_BYTES_MAX
                && bufferBytes >= 2L * (maxPayload + FrameCodec.OVERHEAD_BYTES)
                && keepaliveMillis > 0;
    }

    /** What a session between this end and the sender of this greeting is. */
    Session agreed(LinkConfig own, int tag, int agreedHostId, int agreedBootId) {
        int shortest = (int) Math.min(keepaliveMillis, own.keepalive().toMillis());
        return new Session(
                tag,
                agreedHostId,
                agreedBootId,
                Math.min(minor, MINOR),
                windowFrames,
                bufferBytes,
                maxPayload,
                Math.max(shortest, 100),
                features & own.features(),
                agent);
    }
}
