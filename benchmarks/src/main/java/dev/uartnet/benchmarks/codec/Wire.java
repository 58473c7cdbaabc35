package dev.uartnet.benchmarks.codec;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/** One end of a line that costs nothing, in the place of a port: keeps what is written, and hands it to the other end when it is told to. Makes no garbage itself. */
final class Wire extends ChannelDuplexHandler {
    private final ArrayDeque<Object> sent = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        sent.add(msg);
        promise.trySuccess();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {}

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        sent.forEach(ReferenceCountUtil::release); // nobody takes the last words
        sent.clear();
    }

    boolean isEmpty() {
        return sent.isEmpty();
    }

    /** Hands it to the other end. Returns whether there was anything. */
    boolean carryTo(Channel other) {
        if (sent.isEmpty()) {
            return false;
        }
        for (Object chunk = sent.poll(); chunk != null; chunk = sent.poll()) {
            other.pipeline().fireChannelRead(chunk);
        }
        other.pipeline().fireChannelReadComplete();
        return true;
    }
}
