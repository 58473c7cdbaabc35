package dev.uartnet.esp32;

import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.message.MalformedMessageException;
import dev.uartnet.codec.message.Message;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the end of a line's pipeline to the device behind it: gives each session of the link its own {@link DeviceSession}, and
 * passes messages between the line's event loop and the device's, which may be two.
 *
 * <p>So the device may hear of a takeover a little later than the link: what it writes in between is for a session that is over,
 * and must not reach the new host. {@link #write} drops it.
 */
final class LineHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LineHandler.class);

    private final DeviceSettings settings;
    private final NameLookups lookups;
    private final EventLoop device;
    private @Nullable ChannelHandlerContext context;
    /** The running session; read and written on the line's event loop. */
    private @Nullable DeviceSession session;
    /** The best size of a payload now; written on the line's event loop, read on the device's. */
    private volatile int payloadBytes;

    LineHandler(DeviceSettings settings, NameLookups lookups, EventLoop device) {
        this.settings = settings;
        this.lookups = lookups;
        this.device = device;
    }

    // ---- from the line

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LinkEstablished established) {
            endSession();
            LOG.debug("session begins: {}", established.session());
            payloadBytes = established.session().maxPayload();
            DeviceSession begun = new DeviceSession(settings, lookups, device, this, payloadBytes);
            session = begun;
            onLoop(device, begun::begin);
        } else if (event instanceof LinkEnded ended) {
            LOG.debug("session ends: {}", ended.cause().getMessage());
            endSession();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DeviceSession current = session;
        if (current == null || !(msg instanceof Message message)) {
            ReferenceCountUtil.release(msg);
        } else if (!onLoop(device, () -> current.receive(message))) {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (session != null) {
            payloadBytes = ctx.pipeline().get(LinkHandler.class).payloadBytes();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        DeviceSession current = session;
        if (current != null && ctx.channel().isWritable()) {
            onLoop(device, current::takeTurns);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        DeviceSession current = session;
        if (cause instanceof MalformedMessageException || cause.getCause() instanceof MalformedMessageException) {
            LOG.debug("malformed message", cause);
            if (current != null) {
                onLoop(device, () -> current.protocolError(String.valueOf(cause.getMessage())));
            }
        } else if (cause instanceof IOException) {
            LOG.debug("the line of the device fails", cause);
        } else {
            LOG.warn("a defect of the virtual device, or of a handler before it", cause);
        }
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
        DeviceSession ended = session;
        session = null;
        if (ended != null) {
            onLoop(device, ended::end);
        }
    }

    /** The device is switched off. From any thread. */
    void powerOff() {
        onLoop(context().channel().eventLoop(), this::endSession);
    }

    // ---- from the device's event loop

    /** The size that a message of any size had best have now, in bytes. */
    int payloadBytes() {
        return payloadBytes;
    }

    boolean isWritable() {
        return context().channel().isWritable();
    }

    /**
     * Asks the link something.
     *
     * @param question asked on the line's event loop; not at all if the link is gone, and the session with it
     * @param answer gets what the link said, on the device's
     */
    <T> void askLink(Function<LinkHandler, T> question, Consumer<T> answer) {
        onLoop(context().channel().eventLoop(), () -> {
            LinkHandler link = context().pipeline().get(LinkHandler.class);
            if (link != null) {
                T said = question.apply(link);
                onLoop(device, () -> answer.accept(said));
            }
        });
    }

    /**
     * Writes a message, or the session's end.
     *
     * @param writer the session for which it is meant
     * @param done gets null when it has gone to the line, or why it has not
     */
    void write(DeviceSession writer, Object content, Consumer<@Nullable Throwable> done) {
        if (!onLoop(context().channel().eventLoop(), () -> writeOnLine(writer, content, done))) {
            ReferenceCountUtil.release(content);
        }
    }

    @SuppressWarnings("ReferenceEquality") // it is this session or another one
    private void writeOnLine(DeviceSession writer, Object content, Consumer<@Nullable Throwable> done) {
        if (writer != session) {
            ReferenceCountUtil.release(content);
            return; // and its end is on its way to the writer
        }
        context().writeAndFlush(content).addListener(written -> onLoop(device, () -> done.accept(written.cause())));
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    /** Runs something on a loop, at once if this is it; false if the loop has ended. */
    private static boolean onLoop(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }
}
