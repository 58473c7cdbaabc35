package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.MalformedMessageException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the one session of a client's link: tells its owner when it begins and ends, and ends it when the device sends what is no
 * message. Behind it, the end is a {@link LinkLost}.
 */
final class SessionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

    /** Who owns the session. Called on the link's event loop. */
    interface Owner {
        void established(Session session);

        /** The attempt to open a session has failed. */
        void failed(Throwable cause);

        /** An established session has ended. */
        void lost(LinkLostException cause);
    }

    private final Owner owner;
    private boolean established;
    private boolean ended;

    SessionHandler(Owner owner) {
        this.owner = owner;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (event instanceof LinkEstablished link) {
            established = true;
            owner.established(link.session());
        } else if (event instanceof LinkEnded link && !ended) {
            ended = true;
            LinkLostException lost = ctx.executor().isShuttingDown()
                    ? LinkLostException.loopGone(link.cause())
                    : LinkLostException.ended(String.valueOf(link.cause().getMessage()), link.cause());
            ctx.fireUserEventTriggered(new LinkLost(lost));
            if (established) {
                owner.lost(lost);
            } else {
                owner.failed(link.cause());
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedMessageException) {
            ctx.writeAndFlush(new LinkReset(ResetReason.PROTOCOL, String.valueOf(cause.getMessage())));
        } else {
            // The channel's own failures end the link, whose end names them.
            log.debug("{} failed", ctx.channel(), cause);
        }
    }
}
