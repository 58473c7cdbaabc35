package dev.uartnet.codec.link;

import dev.uartnet.codec.FrameDamaged;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The link in its channel's pipeline, as both ends have it: whether there is a session, what goes through in it, and how it ends. How a session
 * begins differs: {@link HostLinkHandler}, {@link DeviceLinkHandler} (PROTOCOL.md, section 4).
 *
 * <p>Down: {@link ByteBuf} (one message; queued while the window is full, which shows in the channel's writability) and
 * {@link LinkReset}; a host's also {@link SpeedChange}. Up: {@link ByteBuf} (one message), {@link LinkEstablished}, {@link LinkEnded},
 * {@link SpeedChanged}. A write's promise succeeds when its frame has gone to the line; {@link FrameNotSentException} means that it never will.
 */
public abstract class LinkHandler extends ChannelDuplexHandler {
    /** How long a closing link waits for its RESET to reach a line that does not take bytes. */
    private static final long CLOSE_GRACE_MILLIS = 200;

    final LinkConfig config;
    /** The same for the line's speed that is in force now. */
    private volatile LinkConfig atSpeed;

    final LinkMeter meter;
    private final LinePacer pacer;
    private final SendWindow sent = new SendWindow();
    private final ReceiveWindow received;

    final FrameWriter frames;
    private final Transmission transmission;
    private final SendQueue queue;
    private final Receiver receiver;
    final Keepalive keepalive;
    private final FrameReader reader;

    private @Nullable Session session;
    /** Where both ends of the session can change the line's speed. */
    private @Nullable SpeedControl speed;

    private @Nullable Throwable lineFailure;
    private boolean closing;
    private long bornNanos;

    /** An end offers to change the line's speed if it has a line whose speed can be set. */
    LinkHandler(LinkConfig offered, LineBytes line, @Nullable LineSpeed lineSpeed) {
        long others = offered.features() & ~Feature.SPEED;
        config = offered.withFeatures(lineSpeed == null ? others : others | Feature.SPEED);
        atSpeed = config;
        meter = new LinkMeter(line);
        pacer = new LinePacer(line);
        received = new ReceiveWindow(config);
        OwedAcknowledgement owed = new OwedAcknowledgement(config, this::ackDelayPassed);
        frames = new FrameWriter(meter, pacer, sent, received, owed);
        transmission = new Transmission(meter, pacer, sent, frames, config);
        queue = new SendQueue(meter, pacer, sent, frames, transmission, config);
        receiver = new Receiver(meter, received, owed, frames, this::abort);
        keepalive = new Keepalive(frames, this::abort);
        reader = new FrameReader(meter, transmission, queue, receiver, keepalive, this::end);
    }

    /** Returns what the link has counted so far. Event loop only. */
    public LinkCounters counters() {
        return meter.counters(nanoTime());
    }

    /** Returns how the link has fared since it was put into its pipeline. Event loop only; see {@link #readHealth}. */
    public LinkHealth health() {
        return new LinkHealth(
                Duration.ofNanos(nanoTime() - bornNanos),
                session != null && ctx().channel().isActive(), // a closing channel tells its handlers a little later
                queue.size(),
                counters(),
                meter.roundTrips().snapshot());
    }

    /**
     * Reads {@link #health} from any thread, once the handler is in a pipeline.
     *
     * @return completes on the link's event loop; fails with {@link java.util.concurrent.RejectedExecutionException} when that has ended
     */
    public Future<LinkHealth> readHealth() {
        EventExecutor loop = ctx().executor();
        return loop.inEventLoop() ? loop.newSucceededFuture(health()) : loop.submit(this::health);
    }

    /** Returns the session, or null when there is none. Event loop only. */
    public @Nullable Session session() {
        return session;
    }

    /**
     * Returns the size that a message which could be of any size had best have now, in bytes: the peer's largest, or less on a line
     * that is slow or loses frames. Only in a session; event loop only.
     */
    public int payloadBytes() {
        Session open = session;
        if (open == null) {
            throw new IllegalStateException("there is no session");
        }
        return transmission.payloadBytes(longestPayload(open));
    }

    private int longestPayload(Session open) {
        return Math.min(open.maxPayload(), atSpeed.promptPayloadBytes());
    }

    /** Returns the line's speed in force, in bits a second. From any thread. */
    public int baudRate() {
        return atSpeed.baudRate();
    }

    final SendWindow sendWindow() {
        return sent;
    }

    final ReceiveWindow receiveWindow() {
        return received;
    }

    // ---- what the two ends do differently

    /** What changes the line's speed, if this end can. */
    abstract @Nullable SpeedControl speedControl();

    /** The channel is active: the host says HELLO, the device that it has booted. */
    abstract void lineUp();

    /** A whole frame that belongs to no session of this end: HELLO, WELCOME, RESET with tag 0, or another tag than the session's. */
    abstract void frameOutsideSession(ByteBuf frame);

    /** The session, or the attempt to open one, has ended; the next frames find none. */
    abstract void sessionEnded();

    /** Why a message cannot even be queued now, or null if it can. */
    abstract @Nullable LinkException refusal();

    /** Whether the line's end concerns anybody: there is a session or an attempt at one. */
    abstract boolean isOpening();

    // ---- lifecycle of the channel

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        frames.handlerAdded(ctx);
        queue.handlerAdded(ctx);
        bornNanos = nanoTime();
        if (ctx.channel().isActive()) {
            lineUp();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (session != null || isOpening()) {
            end(new LinkException("the link was taken out of its channel's pipeline"));
        }
        queue.fail(new FrameNotSentException(new LinkException("the link is gone")));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        lineUp();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (session != null || isOpening()) {
            Throwable failure = lineFailure;
            String why = closing
                    ? "the connection was closed"
                    : failure == null ? "the line was closed" : "the line failed: " + failure.getMessage();
            end(failure == null ? new LinkException(why) : new LinkException(why, failure));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lineFailure = cause;
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (session == null || closing) {
            ctx.close(promise);
            return;
        }
        closing = true;
        // A line that takes no bytes must not keep the channel open: whichever comes first, the RESET is out or time is
        // up.
        Future<?> grace = ctx.executor().schedule(() -> ctx.close(promise), CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        frames.reset(currentTag(), new Reset(ResetReason.CLOSED, 0, bootId(), ""))
                .addListener(sent -> {
                    if (grace.cancel(false)) {
                        ctx.close(promise);
                    }
                });
        ctx.flush();
    }

    // ---- down

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof LinkReset reset) {
            if (session == null) {
                promise.setSuccess();
                return;
            }
            frames.reset(currentTag(), new Reset(reset.reason(), 0, bootId(), reset.text()), promise);
            ctx.flush();
            end(new LinkException("the session was ended: " + reset.text()));
            return;
        }
        if (!(msg instanceof ByteBuf message)) {
            ctx.write(msg, promise);
            return;
        }
        LinkException refusal = refusal();
        if (refusal != null) {
            message.release();
            promise.setFailure(new FrameNotSentException(refusal));
            return;
        }
        queue.add(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        queue.send();
        ctx.flush();
    }

    // ---- up

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof FrameDamaged spoilt) {
            meter.damaged(spoilt.damage());
            if (speed != null) {
                speed.damaged();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf frame)) {
            ctx.fireChannelRead(msg);
            return;
        }
        boolean delivered = false;
        try {
            if (FrameCodec.isFrame(frame)) {
                meter.frameReceived();
                delivered = receive(frame);
            } else {
                meter.ignored();
            }
        } finally {
            if (!delivered) {
                frame.release();
            }
        }
        if (delivered) {
            // The frame, whose header has been read, is the message.
            Session open = session;
            ctx.fireChannelRead(frame);
            // The frames behind it may have come before it.
            ByteBuf next = receiver.next();
            while (next != null) {
                ctx.fireChannelRead(next);
                next = open != null && open.equals(session) ? receiver.next() : null;
            }
        }
    }

    /** Returns whether the frame, of which the payload is left then, is the message that is waited for. */
    private boolean receive(ByteBuf frame) {
        FrameType type = FrameCodec.type(frame);
        if (!isOfSession(type, frame)) {
            frameOutsideSession(frame);
            // The first frame with an offered tag begins a session, and is its first frame.
            if (!isOfSession(type, frame)) {
                return false;
            }
        }
        return reader.read(type, frame);
    }

    private boolean isOfSession(FrameType type, ByteBuf frame) {
        return type != FrameType.HELLO
                && type != FrameType.WELCOME
                && session != null
                && FrameCodec.tag(frame) == currentTag();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (session != null) {
            receiver.acknowledgeIfDue(ctx.executor(), atSpeed.ackDelayNanos(), pacer.holds());
        }
        ctx.fireChannelReadComplete();
        frames.flushWritten();
    }

    // ---- the line's speed

    /** Whether there is a session in which both ends can change the line's speed. */
    final boolean canChangeSpeed() {
        return speed != null;
    }

    /** DATA may go again, at the speed that is in force now. */
    final void resume() {
        Session open = session;
        if (open != null && speed != null && speed.inForce() != atSpeed.baudRate()) {
            atSpeed = config.withBaudRate(speed.inForce());
            transmission.lineChanged(atSpeed);
            queue.lineChanged(atSpeed);
            pacer.restart(atSpeed.baudRate(), longestPayload(open), nanoTime());
        }
        transmission.awaitAcknowledgement();
        queue.send();
        ctx().flush();
    }

    final void speedChanged(SpeedChanged event) {
        ctx().fireUserEventTriggered(event);
    }

    // ---- session

    final void begin(Session begun) {
        session = begun;
        meter.sessionBegan();
        // A change may cost frames.
        long needed = Feature.SPEED | Feature.RETRANSMIT;
        speed = (begun.features() & needed) == needed ? speedControl() : null;
        boolean repeats = (begun.features() & Feature.RETRANSMIT) != 0;
        atSpeed = config;
        frames.begin(begun.tag());
        transmission.begin(repeats, speed, atSpeed);
        queue.begin(begun, speed, atSpeed);
        receiver.begin(repeats);
        reader.begin(repeats, speed);
        pacer.restart(atSpeed.baudRate(), longestPayload(begun), nanoTime());
        keepalive.begin(begun.keepaliveMillis(), speed);
    }

    final void announce(Session begun) {
        ctx().fireUserEventTriggered(new LinkEstablished(begun));
        if (currentTag() == begun.tag()) {
            queue.send();
        }
        ctx().flush();
    }

    private void abort(ResetReason reason, String text, LinkException cause) {
        frames.reset(currentTag(), new Reset(reason, 0, bootId(), text));
        end(cause);
    }

    private void ackDelayPassed() {
        frames.sendNow(FrameType.ACK);
    }

    /** Ends the session or the attempt at one: whoever waits learns it once. */
    final void end(LinkException cause) {
        session = null;
        frames.end();
        transmission.end();
        queue.end();
        receiver.end();
        keepalive.end();
        reader.end();
        pacer.cancel();
        if (speed != null) {
            speed.ended();
            speed = null;
        }
        sessionEnded();
        queue.fail(new FrameNotSentException(cause));
        meter.windowOpen(nanoTime());
        ctx().fireUserEventTriggered(new LinkEnded(cause));
    }

    int bootId() {
        return 0;
    }

    final int currentTag() {
        Session open = session;
        return open == null ? 0 : open.tag();
    }

    final long nanoTime() {
        return frames.nanoTime();
    }

    final ChannelHandlerContext ctx() {
        return frames.ctx();
    }
}
