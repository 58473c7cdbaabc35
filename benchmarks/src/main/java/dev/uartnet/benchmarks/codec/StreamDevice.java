package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device that opens whatever connection it is asked for: takes what comes over it, and sends what it is told to. */
final class StreamDevice extends ChannelInboundHandlerAdapter {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int WINDOW = 16_384;

    private @Nullable ChannelHandlerContext ctx;
    private int channel;
    private int credit;
    private int consumed;
    private long received;
    private ChannelCredit grant = new ChannelCredit(0, 0);

    long received() {
        return received;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ChannelData message) {
            take(ctx, message);
        } else if (msg instanceof ChannelCredit more) {
            credit += more.credit();
        } else if (msg instanceof Request request) {
            answer(ctx, request);
        }
    }

    private void take(ChannelHandlerContext ctx, ChannelData message) {
        ByteBuf data = message.take();
        received += data.readableBytes();
        consumed += data.readableBytes();
        data.release();
        if (consumed >= WINDOW / 4) {
            if (grant.credit() != consumed || grant.channel() != channel) {
                grant = new ChannelCredit(channel, consumed);
            }
            consumed = 0;
            ctx.writeAndFlush(grant, ctx.channel().unsafe().voidPromise());
        }
    }

    private void answer(ChannelHandlerContext ctx, Request request) {
        if (request.operation() == Operation.TCP_CONNECT) {
            channel = ((Number) request.args().get(0)).intValue();
            credit = ((Number) request.args().get(3)).intValue();
            ctx.writeAndFlush(new Response(request.id(), List.of(LOOPBACK, 40_000, LOOPBACK, 80, WINDOW)));
        } else {
            ctx.writeAndFlush(new Response(request.id(), List.of()));
        }
    }

    /** Sends bytes over the connection. Returns false if the host does not let it now. */
    boolean send(byte[] bytes) {
        ChannelHandlerContext to = ctx;
        if (to == null || credit < bytes.length) {
            return false;
        }
        credit -= bytes.length;
        ByteBuf data = to.alloc().heapBuffer(bytes.length, bytes.length).writeBytes(bytes);
        to.writeAndFlush(ChannelData.of(channel, data), to.channel().unsafe().voidPromise());
        return true;
    }
}
