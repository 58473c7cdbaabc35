package dev.uartnet.esp32;

import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.Session;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@link SessionWrite}s pass only in the session for which they were meant. The device may live on another event loop than
 * the link, and then hears of a takeover a little later: what it wrote in between must not reach the new host.
 */
final class SessionFence extends ChannelDuplexHandler {
    private @Nullable Session current;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LinkEstablished established) {
            current = established.session();
        } else if (event instanceof LinkEnded) {
            current = null;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof SessionWrite write)) {
            ctx.write(msg, promise);
        } else if (write.session().equals(current)) {
            ctx.write(write.content(), promise);
        } else {
            ReferenceCountUtil.release(write.content());
            promise.setFailure(new ClosedChannelException());
        }
    }
}
