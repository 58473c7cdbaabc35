package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.EncoderException;
import io.netty.util.ReferenceCountUtil;

/**
 * Turns payloads of one whole message each into {@link Message}s and back (PROTOCOL.md, section 7).
 *
 * <p>The bytes of {@link ChannelData} and {@link ChannelDatagram} share the payload's memory on the way in, and are copied once on the way out. A
 * malformed payload is an {@code exceptionCaught} with {@link MalformedMessageException}; a message that cannot be sent fails its promise
 * with an {@link EncoderException}.
 */
public final class MessageCodec extends ChannelDuplexHandler {
    private final MessageDecoder decoder = new MessageDecoder();
    private final MessageEncoder encoder = new MessageEncoder();

    /** Creates a codec for one channel. */
    public MessageCodec() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf payload)) {
            ctx.fireChannelRead(msg);
            return;
        }
        Message message;
        try {
            message = decoder.decode(payload);
        } finally {
            payload.release();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof Message message)) {
            ctx.write(msg, promise);
            return;
        }
        ByteBuf payload;
        try {
            payload = encoder.encode(ctx.alloc(), message);
        } catch (RuntimeException e) {
            throw new EncoderException(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
        ctx.write(payload, promise);
    }
}
