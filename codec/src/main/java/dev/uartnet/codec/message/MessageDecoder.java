package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.ArrayBufferInput;
import org.msgpack.value.ValueType;

/**
 * MessagePack to messages. Every length is held against the bytes that are there before anything is allocated, so that hostile
 * input cannot take memory. One for a channel: it reuses its unpacker.
 */
public final class MessageDecoder {
    /** Deepest nesting of arrays and maps that is read or written, the message's own array included. */
    static final int MAX_NESTING = 8;

    private static final int MAX_ID = 65_535;

    private final ArrayBufferInput input = new ArrayBufferInput(new byte[0]);
    private final MessageUnpacker unpacker = MessagePack.DEFAULT_UNPACKER_CONFIG.newUnpacker(input);
    private final StreamMessages streams = new StreamMessages();
    private int total;
    private int left;

    /**
     * Decodes a payload that holds one message. A message with data takes its own reference, and shares the memory; that of {@link ChannelData} is
     * the payload itself, so that the caller may only release it then. Else its indices do not change.
     *
     * @throws MalformedMessageException if it is no whole message
     */
    public Message decode(ByteBuf payload) {
        Message message = streams.decode(payload);
        if (message != null) {
            return message;
        }
        try {
            message = read(payload);
            while (left > 0) {
                value(1);
                left--;
            }
            if (unpacker.getTotalReadBytes() != total) {
                throw new MalformedMessageException(
                        (total - unpacker.getTotalReadBytes()) + " bytes follow the message's array");
            }
            Message whole = message;
            message = null;
            return whole;
        } catch (MessageInsufficientBufferException e) {
            throw new MalformedMessageException("the message ends early, after " + total + " bytes", e);
        } catch (IOException | MessagePackException e) {
            throw new MalformedMessageException(
                    "not a whole message: "
                            + Objects.requireNonNullElse(
                                    e.getMessage(), e.getClass().getSimpleName()),
                    e);
        } finally {
            if (message instanceof ChannelData data) {
                data.release();
            } else if (message instanceof ChannelDatagram datagram) {
                datagram.release();
            }
        }
    }

    /**
     * Decodes values alone, one behind the other: the bytes of a blob that stands for the arguments of a request.
     *
     * @throws MalformedMessageException if they are not whole values
     */
    public List<@Nullable Object> decodeValues(ByteBuf bytes) {
        try {
            reset(bytes);
            List<@Nullable Object> values = new ArrayList<>();
            while (unpacker.getTotalReadBytes() < total) {
                values.add(value(1));
            }
            return values;
        } catch (MessageInsufficientBufferException e) {
            throw new MalformedMessageException("the values end early, after " + total + " bytes", e);
        } catch (IOException | MessagePackException e) {
            throw new MalformedMessageException("not whole values: " + e.getMessage(), e);
        }
    }

    private void reset(ByteBuf payload) throws IOException {
        total = payload.readableBytes();
        if (payload.hasArray()) {
            input.reset(payload.array(), payload.arrayOffset() + payload.readerIndex(), total);
        } else {
            // msgpack-core reads direct memory through internals that Java 17 keeps shut. Frames of SlipDecoder have
            // arrays.
            input.reset(ByteBufUtil.getBytes(payload));
        }
        unpacker.reset(input);
    }

    private Message read(ByteBuf payload) throws IOException {
        reset(payload);
        left = unpacker.unpackArrayHeader();
        if (left < 1) {
            throw new MalformedMessageException("an empty message");
        }
        long kind = integer("kind", Long.MIN_VALUE, Long.MAX_VALUE);
        if (kind == MessageKind.CHANNEL_DATA) {
            int channel = channel();
            return new ChannelData(channel, bytes(payload));
        }
        if (kind == MessageKind.CHANNEL_DATAGRAM) {
            int channel = channel();
            InetSocketAddress peer = address();
            ByteBuf bytes = bytes(payload);
            try {
                return new ChannelDatagram(channel, peer, bytes, more());
            } catch (IOException | RuntimeException e) {
                bytes.release();
                throw e;
            }
        }
        if (kind < 0 || kind > MAX_ID) {
            return new UnknownMessage(kind);
        }
        return switch ((int) kind) {
            case MessageKind.REQUEST -> {
                int id = id();
                int operation = (int) integer("operation", 0, Integer.MAX_VALUE);
                yield new Request(id, operation, integer("deadline", 0, Long.MAX_VALUE), rest());
            }
            case MessageKind.RESPONSE -> new Response(id(), rest());
            case MessageKind.ERROR -> {
                int id = id();
                ErrorCode code = errorCode();
                String text = text("text");
                yield new ErrorResponse(id, code, text, errno(), rest());
            }
            case MessageKind.CANCEL -> new Cancel(id());
            case MessageKind.NEXT -> {
                int id = id();
                element("item");
                yield new Next(id, value(1));
            }
            case MessageKind.DEMAND -> new Demand(id(), integer("demand", 0, Long.MAX_VALUE));
            case MessageKind.OUTPUT -> new Output(id(), text("text"));
            case MessageKind.EVENT -> new Event((int) integer("event", 0, Integer.MAX_VALUE), rest());
            case MessageKind.CHANNEL_CREDIT -> new ChannelCredit(channel(), credit());
            case MessageKind.CHANNEL_EOF -> new ChannelEof(channel());
            case MessageKind.CHANNEL_CLOSE -> {
                int channel = channel();
                ErrorCode code = errorCode();
                String text = text("text");
                yield new ChannelClose(channel, code, text, errno());
            }
            case MessageKind.CHANNEL_ACCEPT -> {
                int listener = channel();
                int channel = channel();
                InetSocketAddress local = address();
                InetSocketAddress remote = address();
                yield new ChannelAccept(listener, channel, local, remote, credit());
            }
            default -> new UnknownMessage(kind);
        };
    }

    private void element(String name) {
        if (left-- == 0) {
            throw new MalformedMessageException("the message ends before its " + name);
        }
    }

    private long integer(String name, long min, long max) throws IOException {
        element(name);
        long number = unpacker.unpackLong();
        if (number < min || number > max) {
            throw new MalformedMessageException(name + " must be " + min + " to " + max + ": " + number);
        }
        return number;
    }

    private int id() throws IOException {
        return (int) integer("request id", 0, MAX_ID);
    }

    private int channel() throws IOException {
        return (int) integer("channel", 0, MAX_ID);
    }

    private int credit() throws IOException {
        return (int) integer("credit", 0, Integer.MAX_VALUE);
    }

    private ErrorCode errorCode() throws IOException {
        return ErrorCode.of((int) integer("error code", 0, Integer.MAX_VALUE));
    }

    private @Nullable Integer errno() throws IOException {
        if (left > 0 && unpacker.tryUnpackNil()) {
            left--;
            return null;
        }
        return (int) integer("errno", Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private String text(String name) throws IOException {
        element(name);
        return string();
    }

    private InetSocketAddress address() throws IOException {
        element("address");
        byte[] address = binary();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), (int) integer("port", 0, 65_535));
        } catch (UnknownHostException e) {
            throw new MalformedMessageException("an address has 4 or 16 bytes, not " + address.length, e);
        }
    }

    private ByteBuf bytes(ByteBuf payload) throws IOException {
        element("bytes");
        int length = binaryHeader();
        int at = payload.readerIndex() + (int) unpacker.getTotalReadBytes();
        ByteBuf slice = payload.retainedSlice(at, length);
        try {
            skip(length);
            return slice;
        } catch (IOException | RuntimeException e) {
            slice.release();
            throw e;
        }
    }

    /** The last element of a datagram that may lack. */
    private boolean more() throws IOException {
        if (left == 0) {
            return false;
        }
        element("more");
        if (unpacker.getNextFormat().getValueType() != ValueType.BOOLEAN) {
            throw new MalformedMessageException("more is not a boolean");
        }
        return unpacker.unpackBoolean();
    }

    private void skip(int length) throws IOException {
        // readPayloadAsReference moves on without copying; the input is one buffer, so this is a slice of it.
        var unused = unpacker.readPayloadAsReference(length);
    }

    private List<@Nullable Object> rest() throws IOException {
        List<@Nullable Object> values = new ArrayList<>(fitting(left, 1));
        while (left > 0) {
            values.add(value(1));
            left--;
        }
        return values;
    }

    /** Reads a value inside {@code depth} arrays or maps. */
    private @Nullable Object value(int depth) throws IOException {
        MessageFormat format = unpacker.getNextFormat();
        return switch (format.getValueType()) {
            case NIL -> {
                unpacker.unpackNil();
                yield null;
            }
            case BOOLEAN -> unpacker.unpackBoolean();
            case INTEGER -> unpacker.unpackLong();
            case FLOAT -> unpacker.unpackDouble();
            case STRING -> string();
            case BINARY -> binary();
            case ARRAY -> {
                int size = fitting(unpacker.unpackArrayHeader(), 1);
                deeper(depth);
                List<@Nullable Object> list = new ArrayList<>(size);
                for (int i = 0; i < size; i++) {
                    list.add(value(depth + 1));
                }
                yield list;
            }
            case MAP -> {
                int size = fitting(unpacker.unpackMapHeader(), 2);
                deeper(depth);
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = 0; i < size; i++) {
                    Object key = value(depth + 1);
                    map.put(key, value(depth + 1));
                }
                yield map;
            }
            case EXTENSION -> {
                ExtensionTypeHeader header = unpacker.unpackExtensionTypeHeader();
                yield extension(header.getType(), fitting(header.getLength(), 1));
            }
        };
    }

    private Object extension(byte type, int length) throws IOException {
        byte[] bytes = unpacker.readPayload(length);
        if (type == Handle.EXT_TYPE && length >= Integer.BYTES) {
            int number = ByteBuffer.wrap(bytes).getInt();
            return new Handle(number, text(ByteBuffer.wrap(bytes, Integer.BYTES, length - Integer.BYTES)));
        }
        if (type == BlobArguments.EXT_TYPE && length == 1) {
            return new BlobArguments(Byte.toUnsignedInt(bytes[0]));
        }
        throw new MalformedMessageException("unknown ext type " + type + " of " + length + " bytes");
    }

    private static void deeper(int depth) {
        if (depth >= MAX_NESTING) {
            throw new MalformedMessageException("nested deeper than " + MAX_NESTING);
        }
    }

    private String string() throws IOException {
        expect(ValueType.STRING);
        return text(ByteBuffer.wrap(unpacker.readPayload(fitting(unpacker.unpackRawStringHeader(), 1))));
    }

    /** Bytes that are no UTF-8 become U+FFFD: Python's strings may have such, and a session must not end for one. */
    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private byte[] binary() throws IOException {
        return unpacker.readPayload(binaryHeader());
    }

    /** msgpack-core takes text for bytes, and bytes for text, as the format's first version did. */
    private int binaryHeader() throws IOException {
        expect(ValueType.BINARY);
        return fitting(unpacker.unpackBinaryHeader(), 1);
    }

    private void expect(ValueType type) throws IOException {
        ValueType found = unpacker.getNextFormat().getValueType();
        if (found != type) {
            throw new MalformedMessageException("expected " + type + ", found " + found);
        }
    }

    private int fitting(int count, int bytesEach) {
        long there = total - unpacker.getTotalReadBytes();
        if (count < 0 || (long) count * bytesEach > there) {
            throw new MalformedMessageException(
                    "announces " + Integer.toUnsignedString(count) + " elements or bytes, has " + there + " bytes");
        }
        return count;
    }
}
