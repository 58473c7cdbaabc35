package dev.uartnet.codec.link;

import dev.uartnet.codec.FrameDamaged;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a link do inside a session: number DATA frames, acknowledge, keep to the peer's window, notice gaps, keep
 * alive (PROTOCOL.md, sections 3 and 5). How a session begins differs: {@link HostLinkHandler}, {@link DeviceLinkHandler}.
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

    private @Nullable SpeedControl speed;

    private @Nullable ChannelHandlerContext context;
    private @Nullable PendingWriteQueue queue;
    private @Nullable Session session;
    private @Nullable Throwable lineFailure;
    private boolean closing;

    private final SendWindow sent = new SendWindow();
    private final FrameSize frameSize = new FrameSize();
    private final LinePacer pacer;
    private RoundTrip roundTrip;
    private final RestartableTimer retransmitTimer = new RestartableTimer(this::notAcknowledged);
    private final IntConsumer repeatLost = this::repeatLost;

    private final ReceiveWindow received;
    private final OwedAcknowledgement owed;
    private boolean flushNeeded;

    private long lastHeardNanos;
    private @Nullable Future<?> keepaliveTimer;
    /** When {@link #keepaliveTimer} fires. */
    private long keepaliveDueNanos;
    /** The value of {@link #lastHeardNanos} that stands for a silence in which this end was held up; once for each silence. */
    private long excusedNanos;

    private final LinkMeter meter;
    private long bornNanos;

    /** An end offers to change the line's speed if it has a line whose speed can be set. */
    LinkHandler(LinkConfig offered, LineBytes line, @Nullable LineSpeed lineSpeed) {
        long others = offered.features() & ~Feature.SPEED;
        config = offered.withFeatures(lineSpeed == null ? others : others | Feature.SPEED);
        atSpeed = config;
        meter = new LinkMeter(line);
        pacer = new LinePacer(line);
        received = new ReceiveWindow(config);
        owed = new OwedAcknowledgement(config, this::ackDelayPassed);
        roundTrip = new RoundTrip(config.timeoutFloorNanos(), meter.roundTrips());
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
                queue().size(),
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
        return frameSize.payloadBytes(longestPayload(open));
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
        context = ctx;
        queue = new PendingWriteQueue(ctx);
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
        queue().removeAndFailAll(new FrameNotSentException(new LinkException("the link is gone")));
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
        sendReset(currentTag(), new Reset(ResetReason.CLOSED, 0, bootId(), "")).addListener(sent -> {
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
            sendReset(currentTag(), new Reset(reset.reason(), 0, bootId(), reset.text()), promise);
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
        queue().add(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        sendQueued();
        ctx.flush();
    }

    private void sendQueued() {
        PendingWriteQueue waiting = queue();
        Session open = speed != null && speed.holdsData() ? null : session;
        while (open != null && waiting.current() instanceof ByteBuf message) {
            int size = message.readableBytes();
            if (size > open.maxPayload()) {
                waiting.removeAndFail(new TooLongFrameException(
                        "a message of " + size + " bytes: the other end takes at most " + open.maxPayload()));
                open = session;
                continue;
            }
            int cost = size + FrameCodec.OVERHEAD_BYTES;
            if (!sent.hasRoom(open, cost, atSpeed)) {
                if (sent.fillsPeer(open, cost)) {
                    meter.windowFull(nanoTime());
                }
                return;
            }
            long now = nanoTime();
            meter.windowOpen(now);
            if (!pacer.admits(now)) {
                pacer.await(ctx().executor(), now, this::lineTakesMore);
                return;
            }
            meter.messageSent(size);
            message.retain();
            ChannelPromise promise = waiting.remove();
            boolean first = sent.isEmpty();
            int seq = sent.add(repeats() ? message.retain() : null, cost, now);
            writeData(open, seq, message, promise);
            if (first) {
                awaitAcknowledgement();
            }
            // A failing write may have ended the session.
            open = session;
        }
    }

    private void lineTakesMore() {
        sendQueued();
        ctx().flush();
    }

    private void writeData(Session open, int seq, ByteBuf message, ChannelPromise promise) {
        if (!received.hasGap()) {
            owed.paid(); // Only an ACK can report a gap.
        }
        frameSize.sent(sent.size(seq));
        if (speed != null) {
            speed.sent();
        }
        int ack = received.expected();
        write(FrameCodec.encode(ctx().alloc(), FrameType.DATA, open.tag(), seq, ack, message), promise);
    }

    /** Every frame that leaves passes here. */
    private void write(ByteBuf frame, ChannelPromise promise) {
        meter.frameSent();
        ctx().write(frame, promise);
        pacer.sent(nanoTime());
    }

    /** Sends a frame other than DATA in the session. */
    final void send(FrameType type) {
        Session open = session;
        if (open == null) {
            return;
        }
        ByteBufAllocator alloc = ctx().alloc();
        int ack = received.expected();
        ByteBuf frame;
        if (type == FrameType.ACK && received.hasGap()) {
            frame = FrameCodec.encode(alloc, type, open.tag(), sent.next(), ack, received.report(alloc));
        } else {
            frame = FrameCodec.header(alloc, type, open.tag(), sent.next(), ack);
        }
        if (type == FrameType.ACK) {
            owed.paid();
        }
        write(frame, ctx().voidPromise());
        flushNeeded = true;
    }

    // ---- retransmission

    private boolean repeats() {
        Session open = session;
        return open != null && (open.features() & Feature.RETRANSMIT) != 0;
    }

    private void repeat(int seq) {
        Session open = session;
        if (open != null && (speed == null || !speed.holdsRepeats())) {
            meter.retransmit();
            writeData(
                    open,
                    seq,
                    sent.repeat(seq, nanoTime()),
                    ctx().channel().unsafe().voidPromise());
            flushNeeded = true;
        }
    }

    private void repeatLost(int seq) {
        frameSize.lost();
        if (speed != null) {
            speed.lost();
        }
        repeat(seq);
    }

    /** One timer for the oldest frame that is not acknowledged (RFC 6298, section 5). */
    private void awaitAcknowledgement() {
        if (repeats() && !sent.isEmpty()) {
            long due = sent.oldestSentNanos() + roundTrip.timeout();
            retransmitTimer.set(ctx().executor(), due - nanoTime());
        } else {
            retransmitTimer.clear();
        }
    }

    private void notAcknowledged() {
        if (session == null || sent.isEmpty() || (speed != null && speed.holdsRepeats())) {
            return; // resume() starts the timer again
        }
        if (sent.oldestSentNanos() + roundTrip.timeout() - nanoTime() > 0) {
            awaitAcknowledgement(); // it was repeated meanwhile, because of a gap report
            return;
        }
        meter.timeout();
        if (speed != null) {
            speed.timeout();
        }
        roundTrip.backOff();
        repeat(sent.timedOut());
        // Its number shows the peer whatever else was lost behind the oldest frame: one report then mends all.
        probe();
        awaitAcknowledgement();
    }

    /** Sends a frame with a payload of the handshake. */
    final void send(FrameType type, int tag, byte[] payload) {
        write(FrameCodec.encode(ctx().alloc(), type, tag, 0, 0, Unpooled.wrappedBuffer(payload)), ctx().voidPromise());
        ctx().flush();
    }

    final void sendReset(int tag, Reset reset, ChannelPromise promise) {
        int seq = tag == 0 ? 0 : sent.next();
        int ack = tag == 0 ? 0 : received.expected();
        ByteBuf payload = Unpooled.wrappedBuffer(reset.encode());
        write(FrameCodec.encode(ctx().alloc(), FrameType.RESET, tag, seq, ack, payload), promise);
        ctx().flush();
    }

    final ChannelFuture sendReset(int tag, Reset reset) {
        ChannelPromise promise = ctx().newPromise();
        sendReset(tag, reset, promise);
        return promise;
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
            ByteBuf next = received.poll();
            while (next != null) {
                ctx.fireChannelRead(next);
                next = open != null && open.equals(session) ? received.poll() : null;
            }
        }
    }

    /** Returns whether the frame, of which the payload is left then, is the message that is waited for. */
    private boolean receive(ByteBuf frame) {
        FrameType type = FrameCodec.type(frame);
        if (type == FrameType.HELLO
                || type == FrameType.WELCOME
                || session == null
                || FrameCodec.tag(frame) != currentTag()) {
            frameOutsideSession(frame);
            // The first frame with an offered tag begins a session, and is its first frame.
            if (type == FrameType.HELLO
                    || type == FrameType.WELCOME
                    || session == null
                    || FrameCodec.tag(frame) != currentTag()) {
                return false;
            }
        }
        lastHeardNanos = nanoTime();
        if (type == FrameType.RESET) {
            peerReset(frame);
            return false;
        }
        if (speed != null) {
            speed.heard();
        }
        int seq = FrameCodec.seq(frame);
        peerAcknowledged(FrameCodec.ack(frame));
        frame.skipBytes(FrameCodec.HEADER_BYTES);
        if (type == FrameType.DATA) {
            if (speed != null) {
                speed.arrived();
            }
            return data(seq, frame);
        }
        if (type == FrameType.ACK && repeats()) {
            sent.report(frame, nanoTime(), roundTrip, repeatLost);
            sendMore(); // what has arrived behind a gap is in the pipe no more
        } else if (type == FrameType.PROBE) {
            owed.atOnce();
        } else if (type == FrameType.SPEED) {
            speed(SpeedProposal.decode(frame));
        }
        if (received.sent(seq)) {
            gap();
        }
        return false;
    }

    private boolean data(int seq, ByteBuf payload) {
        switch (received.arrival(seq)) {
            case NEXT -> {
                received.advance();
                owe(payload);
                return true;
            }
            case AHEAD -> {
                if (!repeats()) {
                    gap();
                } else if (received.keep(seq, payload)) {
                    owe(payload);
                    received.sent((seq + 1) & 0xFF);
                    gap();
                } else {
                    meter.duplicate();
                    owed.atOnce();
                }
            }
            case DUPLICATE -> {
                meter.duplicate();
                owed.atOnce();
            }
            case OUTSIDE -> meter.ignored();
        }
        return false;
    }

    private void owe(ByteBuf payload) {
        meter.messageReceived(payload.readableBytes());
        owed.arrived(payload.readableBytes() + FrameCodec.OVERHEAD_BYTES);
    }

    private void gap() {
        meter.gap();
        if (repeats()) {
            owed.atOnce();
            return;
        }
        String lost = "frame " + received.expected() + " of the session was lost on the line"
                + (meter.damaged() > 0 ? " (" + Count.of(meter.damaged(), "damaged frame") + " so far)" : "")
                + "; check cable, speed and flow control";
        sendReset(currentTag(), new Reset(ResetReason.FRAME_LOST, 0, bootId(), lost));
        end(new FrameLostException(lost));
    }

    private void peerReset(ByteBuf frame) {
        Reset reset = Reset.decode(FrameCodec.payload(frame));
        if (reset == null) {
            meter.ignored();
            return;
        }
        end(LinkResetException.of(reset));
    }

    private void peerAcknowledged(int ack) {
        if (!sent.acknowledged(ack, nanoTime(), roundTrip, pacer)) {
            return;
        }
        awaitAcknowledgement();
        if (speed != null) {
            speed.progress();
        }
        sendMore();
    }

    private void sendMore() {
        if (!queue().isEmpty()) {
            sendQueued();
            flushNeeded = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        acknowledgeIfDue();
        ctx.fireChannelReadComplete();
        if (flushNeeded) {
            flushNeeded = false;
            ctx.flush();
        }
    }

    private void acknowledgeIfDue() {
        if (session != null && owed.isDue(ctx().executor(), atSpeed.ackDelayNanos(), pacer.holds())) {
            send(FrameType.ACK);
        }
    }

    private void ackDelayPassed() {
        send(FrameType.ACK);
        flushNeeded = false;
        ctx().flush();
    }

    // ---- the line's speed

    private void speed(@Nullable SpeedProposal proposal) {
        if (speed == null || proposal == null) {
            meter.ignored();
        } else {
            speed.received(proposal);
        }
    }

    /** Whether there is a session in which both ends can change the line's speed. */
    final boolean canChangeSpeed() {
        return speed != null;
    }

    final boolean isDrained() {
        return sent.isEmpty();
    }

    final ChannelFuture send(SpeedProposal proposal) {
        Session open = session;
        if (open == null) {
            return ctx().newFailedFuture(new LinkException("there is no session"));
        }
        ByteBuf payload = Unpooled.wrappedBuffer(proposal.encode());
        ChannelPromise written = ctx().newPromise();
        write(
                FrameCodec.encode(
                        ctx().alloc(), FrameType.SPEED, open.tag(), sent.next(), received.expected(), payload),
                written);
        ctx().flush();
        return written;
    }

    /** Asks for a sign of life now. */
    final void probe() {
        send(FrameType.PROBE);
        flushNeeded = false;
        ctx().flush();
    }

    final long fullFramesMillis(int frames, int baud) {
        return frames * config.withBaudRate(baud).fullFrameNanos() / 1_000_000;
    }

    /** Silence counts again: what is left until it ends the session is enough to find each other. */
    final void leaveTrial() {
        Session open = session;
        if (open != null) {
            long interval = TimeUnit.MILLISECONDS.toNanos(open.keepaliveMillis());
            lastHeardNanos += Math.max(0, nanoTime() - interval - lastHeardNanos);
        }
    }

    /** DATA may go again, at the speed that is in force now. */
    final void resume() {
        Session open = session;
        if (open != null && speed != null && speed.inForce() != atSpeed.baudRate()) {
            atSpeed = config.withBaudRate(speed.inForce());
            roundTrip.floor(atSpeed.timeoutFloorNanos());
            pacer.restart(atSpeed.baudRate(), longestPayload(open), nanoTime());
        }
        awaitAcknowledgement();
        sendQueued();
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
        sent.clear();
        received.clear();
        atSpeed = config;
        roundTrip = new RoundTrip(config.timeoutFloorNanos(), meter.roundTrips());
        pacer.restart(config.baudRate(), longestPayload(begun), nanoTime());
        owed.paid();
        lastHeardNanos = nanoTime();
        keepAliveIn(begun.keepaliveMillis());
    }

    final void announce(Session begun) {
        ctx().fireUserEventTriggered(new LinkEstablished(begun));
        if (currentTag() == begun.tag()) {
            sendQueued();
        }
        ctx().flush();
    }

    private void keepAliveIn(long millis) {
        long delay = Math.max(1, millis);
        keepaliveDueNanos = nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay);
        keepaliveTimer = ctx().executor().schedule(this::keepAlive, delay, TimeUnit.MILLISECONDS);
    }

    private void keepAlive() {
        Session open = session;
        if (open == null) {
            return;
        }
        long interval = open.keepaliveMillis();
        long silent = TimeUnit.NANOSECONDS.toMillis(nanoTime() - lastHeardNanos);
        if (speed != null && speed.isTrial()) {
            keepAliveIn(interval / 2);
            return;
        }
        boolean late = 4 * TimeUnit.NANOSECONDS.toMillis(nanoTime() - keepaliveDueNanos) >= interval;
        if (late && 2 * silent >= 5 * interval && lastHeardNanos != excusedNanos) {
            // What has come while this end was held up may be unread, and the other end may have been held up, too: it
            // is asked once more.
            excusedNanos = nanoTime() - TimeUnit.MILLISECONDS.toNanos(2 * interval);
            lastHeardNanos = excusedNanos;
            probe();
            keepAliveIn(interval / 2);
            return;
        }
        if (2 * silent >= 5 * interval) {
            String text = "nothing heard for " + silent + " ms";
            sendReset(currentTag(), new Reset(ResetReason.SILENT, 0, bootId(), text));
            end(new LinkSilentException("the other end is gone: " + text));
            return;
        }
        if (!late && speed != null && 2 * silent >= 3 * interval) {
            speed.silent();
        }
        if (silent >= interval) {
            probe();
        }
        // The first sign of life is asked for after an interval, each further one after half of one.
        long half = interval / 2;
        keepAliveIn(silent < interval ? interval - silent : half - (silent - interval) % half);
    }

    /** Ends the session or the attempt at one: whoever waits learns it once. */
    final void end(LinkException cause) {
        session = null;
        sent.clear();
        pacer.cancel();
        received.clear();
        retransmitTimer.stop();
        owed.stop();
        if (keepaliveTimer != null) {
            keepaliveTimer.cancel(false);
            keepaliveTimer = null;
        }
        if (speed != null) {
            speed.ended();
            speed = null;
        }
        sessionEnded();
        queue().removeAndFailAll(new FrameNotSentException(cause));
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
        return ctx().executor().ticker().nanoTime();
    }

    final void countStale() {
        meter.stale();
    }

    final void countIgnored() {
        meter.ignored();
    }

    final ChannelHandlerContext ctx() {
        return java.util.Objects.requireNonNull(context, "the handler is not in a pipeline");
    }

    private PendingWriteQueue queue() {
        return java.util.Objects.requireNonNull(queue, "the handler is not in a pipeline");
    }
}
