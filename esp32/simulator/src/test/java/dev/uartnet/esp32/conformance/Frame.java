package dev.uartnet.esp32.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/**
 * A frame of the protocol, written down here a second time, from the page and not from the codec.
 *
 * @param type 0 to 7
 * @param tag the session's
 * @param seq number
 * @param ack acknowledgement
 * @param payload MessagePack, or a gap report
 */
public record Frame(int type, int tag, int seq, int ack, List<Byte> payload) {
    public static final int HELLO = 0;
    public static final int WELCOME = 1;
    public static final int DATA = 2;
    public static final int ACK = 3;
    public static final int PROBE = 4;
    public static final int RESET = 5;

    /** Returns the bytes with their check, as they stand in SLIP. */
    public static byte[] bytes(int type, int tag, int seq, int ack, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8);
        frame.putShort((short) (type << 13 | tag))
                .put((byte) seq)
                .put((byte) ack)
                .put(payload);
        CRC32 crc = new CRC32();
        crc.update(frame.array(), 0, frame.position());
        return frame.putInt((int) crc.getValue()).array();
    }

    public static byte[] slip(byte[] frame) {
        ByteBuffer out = ByteBuffer.allocate(2 * frame.length + 2);
        out.put((byte) 0xC0);
        for (byte b : frame) {
            switch (b & 0xFF) {
                case 0xC0 -> out.put((byte) 0xDB).put((byte) 0xDC);
                case 0xDB -> out.put((byte) 0xDB).put((byte) 0xDD);
                default -> out.put(b);
            }
        }
        out.put((byte) 0xC0);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** Returns the frame in these bytes, which must be whole: devices do not damage what they send. */
    public static Frame parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, Math.max(0, bytes.length - 4));
        if (bytes.length < 8 || in.getInt(bytes.length - 4) != (int) crc.getValue()) {
            throw new AssertionError("the device sent a damaged frame of " + bytes.length + " bytes");
        }
        int first = in.getShort() & 0xFFFF;
        int seq = in.get() & 0xFF;
        int ack = in.get() & 0xFF;
        List<Byte> payload = new ArrayList<>();
        while (in.remaining() > 4) {
            payload.add(in.get());
        }
        return new Frame(first >> 13, first & 0x1FFF, seq, ack, List.copyOf(payload));
    }

    /** Returns the payload's values. */
    public List<@Nullable Object> values() {
        byte[] bytes = new byte[payload.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = payload.get(i);
        }
        try (var unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            Object value = java(unpacker.unpackValue());
            @SuppressWarnings("unchecked")
            List<@Nullable Object> list = (List<@Nullable Object>) value;
            return list;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object java(Value value) {
        return switch (value.getValueType()) {
            case NIL -> null;
            case BOOLEAN -> value.asBooleanValue().getBoolean();
            case INTEGER -> value.asIntegerValue().toLong();
            case FLOAT -> value.asFloatValue().toDouble();
            case STRING -> value.asStringValue().asString();
            case BINARY -> value.asBinaryValue().asByteArray();
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                value.asArrayValue().forEach(element -> list.add(java(element)));
                yield list;
            }
            case MAP -> {
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                value.asMapValue().map().forEach((k, v) -> map.put(java(k), java(v)));
                yield map;
            }
            case EXTENSION -> value;
        };
    }

    /** Returns a MessagePack array of these. */
    public static byte[] pack(@Nullable Object... values) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(values.length);
            for (Object value : values) {
                packer.packValue(pack(value));
            }
            return packer.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Value pack(@Nullable Object value) {
        if (value == null) {
            return ValueFactory.newNil();
        } else if (value instanceof Number number) {
            return ValueFactory.newInteger(number.longValue());
        } else if (value instanceof String text) {
            return ValueFactory.newString(text);
        } else if (value instanceof byte[] bytes) {
            return ValueFactory.newBinary(bytes);
        } else if (value instanceof Map<?, ?> map) {
            ValueFactory.MapBuilder packed = ValueFactory.newMapBuilder();
            map.forEach((key, item) -> packed.put(pack(key), pack(item)));
            return packed.build();
        }
        throw new AssertionError("not a value for these tests: " + value);
    }
}
