package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageCodec;
import java.util.List;

/**
 * Turns payloads of one whole message each into {@link Message}s and back (PROTOCOL.md, section 7).
 *
 * <p>The bytes of {@link ChannelData} and {@link ChannelDatagram} are not copied: slices of the payload on the way in, parts of a
 * composite buffer on the way out. A malformed payload is an {@code exceptionCaught} with {@link MalformedMessageException}.
 */
public final class MessageCodec extends MessageToMessageCodec<ByteBuf, Message> {
    private final MessageDecoder decoder = new MessageDecoder();
    private final MessageEncoder encoder = new MessageEncoder();

    /** Creates a codec for one channel. */
    public MessageCodec() {
        super(ByteBuf.class, Message.class);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, Message message, List<Object> out) {
        out.add(encoder.encode(ctx.alloc(), message));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf payload, List<Object> out) {
        out.add(decoder.decode(payload));
    }
}
