package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.buffer.OutputStreamBufferOutput;

/** Messages to MessagePack, in its shortest form. One for a channel: it reuses its packer. */
public final class MessageEncoder {
    private static final int CONTROL_BYTES = 64;
    private static final int DATAGRAM_HEADER_BYTES = 64;
    private static final int TRUE = 0xC3;

    private final OutputStreamBufferOutput output = new OutputStreamBufferOutput(OutputStream.nullOutputStream());
    private final MessagePacker packer = MessagePack.DEFAULT_PACKER_CONFIG.newPacker(output);

    /**
     * Encodes one message.
     *
     * @throws IllegalArgumentException if it holds a value that MessagePack has not, or a number out of its range
     */
    public ByteBuf encode(ByteBufAllocator alloc, Message message) {
        if (message instanceof ChannelData data) {
            return StreamMessages.encode(alloc, data);
        }
        if (message instanceof ChannelCredit credit) {
            return StreamMessages.encode(alloc, credit);
        }
        if (message instanceof ChannelDatagram datagram) {
            ByteBuf content = datagram.content();
            ByteBuf frame = packed(alloc, DATAGRAM_HEADER_BYTES + content.readableBytes(), () -> {
                head(datagram.more() ? 6 : 5, MessageKind.CHANNEL_DATAGRAM);
                channel(datagram.channel());
                address(datagram.peer());
                packer.packBinaryHeader(content.readableBytes());
            });
            frame.writeBytes(content, content.readerIndex(), content.readableBytes());
            return datagram.more() ? frame.writeByte(TRUE) : frame;
        }
        return packed(alloc, CONTROL_BYTES, () -> control(message));
    }

    /**
     * Encodes values alone, one behind the other, as they stand in a blob for the arguments of a request.
     *
     * @throws IllegalArgumentException as {@link #encode}
     */
    public ByteBuf encodeValues(ByteBufAllocator alloc, List<@Nullable Object> values) {
        return packed(alloc, CONTROL_BYTES, () -> values(values));
    }

    private interface Packing {
        void run() throws IOException;
    }

    private ByteBuf packed(ByteBufAllocator alloc, int size, Packing packing) {
        ByteBuf buffer = alloc.heapBuffer(size);
        try (ByteBufOutputStream stream = new ByteBufOutputStream(buffer)) {
            output.reset(stream);
            packer.reset(output);
            packing.run();
            packer.flush();
            return buffer;
        } catch (IOException e) {
            buffer.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            buffer.release();
            throw e;
        }
    }

    private void control(Message message) throws IOException {
        if (message instanceof Request request) {
            head(4 + request.args().size(), MessageKind.REQUEST);
            id(request.id());
            packer.packInt(request.operation());
            packer.packLong(notNegative("deadline", request.deadlineMillis()));
            values(request.args());
        } else if (message instanceof Response response) {
            head(2 + response.results().size(), MessageKind.RESPONSE);
            id(response.id());
            values(response.results());
        } else if (message instanceof ErrorResponse error) {
            head(5 + error.details().size(), MessageKind.ERROR);
            id(error.id());
            error(error.code(), error.text(), error.errno());
            values(error.details());
        } else if (message instanceof Cancel cancel) {
            head(2, MessageKind.CANCEL);
            id(cancel.id());
        } else if (message instanceof Next next) {
            head(3, MessageKind.NEXT);
            id(next.id());
            value(next.item(), 1);
        } else if (message instanceof Demand demand) {
            head(3, MessageKind.DEMAND);
            id(demand.id());
            packer.packLong(notNegative("demand", demand.items()));
        } else if (message instanceof Output printed) {
            head(3, MessageKind.OUTPUT);
            id(printed.id());
            text(printed.text());
        } else if (message instanceof Event event) {
            head(2 + event.args().size(), MessageKind.EVENT);
            packer.packInt(event.event());
            values(event.args());
        } else if (message instanceof ChannelEof eof) {
            head(2, MessageKind.CHANNEL_EOF);
            channel(eof.channel());
        } else if (message instanceof ChannelClose close) {
            head(5, MessageKind.CHANNEL_CLOSE);
            channel(close.channel());
            error(close.code(), close.text(), close.errno());
        } else if (message instanceof ChannelAccept accept) {
            head(8, MessageKind.CHANNEL_ACCEPT);
            channel(accept.listener());
            channel(accept.channel());
            address(accept.local());
            address(accept.remote());
            packer.packLong(notNegative("credit", accept.credit()));
        } else {
            throw new IllegalArgumentException("cannot be sent: " + message);
        }
    }

    private void head(int elements, int kind) throws IOException {
        packer.packArrayHeader(elements);
        packer.packInt(kind);
    }

    private void id(int id) throws IOException {
        packer.packInt(range("request id", id));
    }

    private void channel(int channel) throws IOException {
        packer.packInt(range("channel", channel));
    }

    static int range(String what, int number) {
        if (number < 0 || number > 65_535) {
            throw new IllegalArgumentException(what + " must be 0 to 65535: " + number);
        }
        return number;
    }

    static long notNegative(String what, long number) {
        if (number < 0) {
            throw new IllegalArgumentException(what + " must not be negative: " + number);
        }
        return number;
    }

    private void error(ErrorCode code, String text, @Nullable Integer errno) throws IOException {
        packer.packInt(code.code());
        text(text);
        value(errno, 1);
    }

    private void address(InetSocketAddress address) throws IOException {
        binary(address.getAddress().getAddress());
        packer.packInt(address.getPort());
    }

    private void text(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        packer.packRawStringHeader(utf8.length);
        packer.writePayload(utf8);
    }

    private void binary(byte[] bytes) throws IOException {
        packer.packBinaryHeader(bytes.length);
        packer.writePayload(bytes);
    }

    private void values(List<@Nullable Object> values) throws IOException {
        for (Object value : values) {
            value(value, 1);
        }
    }

    private void value(@Nullable Object value, int depth) throws IOException {
        if (depth > MessageDecoder.MAX_NESTING) {
            throw new IllegalArgumentException("nested deeper than " + MessageDecoder.MAX_NESTING);
        }
        if (value == null) {
            packer.packNil();
        } else if (value instanceof Boolean bool) {
            packer.packBoolean(bool);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            packer.packLong(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            packer.packDouble(((Number) value).doubleValue());
        } else if (value instanceof String text) {
            text(text);
        } else if (value instanceof byte[] bytes) {
            binary(bytes);
        } else if (value instanceof List<?> list) {
            packer.packArrayHeader(list.size());
            for (Object element : list) {
                value(element, depth + 1);
            }
        } else if (value instanceof Map<?, ?> map) {
            packer.packMapHeader(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                value(entry.getKey(), depth + 1);
                value(entry.getValue(), depth + 1);
            }
        } else if (value instanceof Handle handle) {
            byte[] type = handle.type().getBytes(StandardCharsets.UTF_8);
            packer.packExtensionTypeHeader(Handle.EXT_TYPE, Integer.BYTES + type.length);
            int number = handle.number();
            packer.writePayload(
                    new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number});
            packer.writePayload(type);
        } else if (value instanceof BlobArguments arguments) {
            packer.packExtensionTypeHeader(BlobArguments.EXT_TYPE, 1);
            packer.writePayload(new byte[] {(byte) arguments.blob()});
        } else {
            throw new IllegalArgumentException(
                    "not a MessagePack value: " + value.getClass().getName());
        }
    }
}
