package dev.uartnet.esp32;

import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.message.MalformedMessageException;
import dev.uartnet.codec.message.Message;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device behind the link: gives each session its own {@link DeviceSession} and hands it the host's messages. */
final class DeviceHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceHandler.class);

    private final DeviceSettings settings;
    private final NameLookups lookups;
    private @Nullable DeviceSession session;

    DeviceHandler(DeviceSettings settings, NameLookups lookups) {
        this.settings = settings;
        this.lookups = lookups;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LinkEstablished established) {
            endSession();
            LOG.debug("session begins: {}", established.session());
            session = new DeviceSession(settings, lookups, ctx, established.session());
        } else if (event instanceof LinkEnded ended) {
            LOG.debug("session ends: {}", ended.cause().getMessage());
            endSession();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DeviceSession current = session;
        if (current != null && msg instanceof Message message) {
            current.receive(message);
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (session != null && ctx.channel().isWritable()) {
            session.takeTurns();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (session != null && isMalformed(cause)) {
            LOG.debug("malformed message", cause);
            session.protocolError(String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            LOG.debug("the line of the device fails", cause);
        } else {
            LOG.warn("a defect of the virtual device, or of a handler before it", cause);
        }
    }

    private static boolean isMalformed(Throwable cause) {
        return cause instanceof MalformedMessageException || cause.getCause() instanceof MalformedMessageException;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        endSession();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        endSession();
    }

    private void endSession() {
        if (session != null) {
            session.end();
            session = null;
        }
    }
}
