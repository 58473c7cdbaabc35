package dev.uartnet.codec.link;

import dev.uartnet.codec.link.NoAnswerException.Heard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of a link (PROTOCOL.md, section 4.3): opens one session when its channel becomes active, and is of no more
 * use when that has ended. Messages written before the session begins wait for it.
 */
public final class HostLinkHandler extends LinkHandler {
    private static final long HELLO_INTERVAL_MILLIS = 250;

    private enum State {
        CLOSED,
        HELLO_SENT,
        ESTABLISHED,
        ENDED
    }

    private final LineBytes line;
    private final int hostId;
    private final byte[] hello;
    private final @Nullable HostSpeedChange speed;

    private State state = State.CLOSED;
    private @Nullable Future<?> helloTimer;
    private @Nullable Future<?> connectTimer;
    private int helloEchoes;
    private int boots;
    private long otherFrames;

    /**
     * Creates the host's end for one channel.
     *
     * @param config what this end offers
     * @param line how many bytes of whatever kind have crossed the line, so that a failed opening can tell silence from garbage
     * @param lineSpeed the speed of the line, which is config's baudRate now; null if that cannot be changed
     */
    public HostLinkHandler(LinkConfig config, LineBytes line, @Nullable LineSpeed lineSpeed) {
        this(config, line, lineSpeed, ThreadLocalRandom.current().nextInt());
    }

    /** A host whose number is given: tests repeat themselves byte by byte. */
    HostLinkHandler(LinkConfig config, LineBytes line, @Nullable LineSpeed lineSpeed, int hostId) {
        super(config, line, lineSpeed);
        this.line = line;
        this.hostId = hostId;
        this.hello = Greeting.of(this.config, hostId, 0).encode(FrameType.HELLO);
        this.speed = lineSpeed == null ? null : new HostSpeedChange(this, lineSpeed);
    }

    @Override
    @Nullable
    SpeedControl speedControl() {
        return speed;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof SpeedChange change)) {
            super.write(ctx, msg, promise);
        } else if (speed != null && canChangeSpeed()) {
            speed.request(change.baud(), promise);
        } else {
            promise.setFailure(new SpeedChangeException(
                    SpeedChangeException.Reason.NOT_OFFERED,
                    baudRate(),
                    session() == null
                            ? "cannot change the line's speed: there is no session"
                            : "cannot change the line's speed: not both ends can (it stays at " + baudRate() + ")"));
        }
    }

    @Override
    void lineUp() {
        if (state == State.CLOSED) {
            state = State.HELLO_SENT;
            connectTimer = ctx().executor()
                    .schedule(this::noAnswer, config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
            sayHello();
        }
    }

    private void sayHello() {
        helloTimer = ctx().executor().schedule(this::sayHello, HELLO_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        // A line that takes no bytes already holds a HELLO.
        if (ctx().channel().isWritable()) {
            frames.greet(FrameType.HELLO, 0, hello);
        }
    }

    private void noAnswer() {
        long seconds = Math.max(1, config.connectTimeout().toSeconds());
        String waited = " (waited " + seconds + " s)";
        long damaged = counters().damaged();
        long bytes = line.received().getAsLong();
        if (bytes == 0) {
            end(new NoAnswerException(
                    Heard.SILENCE,
                    "the device does not answer: not one byte came" + waited
                            + "; check power, cable (TX to RX), port and that the firmware runs"));
        } else if (boots > 0) {
            end(new NoAnswerException(
                    Heard.OTHER_FRAMES,
                    "the device boots (" + Count.of(boots, "time") + ") but does not answer" + waited
                            + "; does it have enough power, or does its firmware crash?"));
        } else if (otherFrames > 0) {
            end(new NoAnswerException(
                    Heard.OTHER_FRAMES,
                    helloEchoes > 0
                            ? "the line echoes: our own frames came back" + waited
                                    + "; is this a loop-back, or a terminal with echo?"
                            : "what answers is not the uartnet firmware: it sends frames, but no WELCOME" + waited));
        } else {
            end(new NoAnswerException(
                    Heard.GARBAGE,
                    "what answers is not the uartnet firmware, or not at this speed: " + Count.of(bytes, "byte")
                            + " came, but no whole frame" + (damaged == 0 ? "" : " (" + damaged + " damaged)") + waited
                            + "; check the baud rate and that the firmware is installed"));
        }
    }

    @Override
    void frameOutsideSession(ByteBuf frame) {
        switch (FrameCodec.type(frame)) {
            case WELCOME -> welcome(frame);
            case RESET -> reset(frame);
            case HELLO -> {
                if (state == State.HELLO_SENT) {
                    Greeting greeting = Greeting.decode(FrameType.HELLO, FrameCodec.payload(frame));
                    if (greeting != null && greeting.hostId() == hostId) {
                        helloEchoes++;
                    }
                }
                other();
            }
            default -> {
                if (state == State.ESTABLISHED) {
                    meter.stale();
                } else {
                    other();
                }
            }
        }
    }

    private void other() {
        otherFrames++;
        meter.ignored();
    }

    private void welcome(ByteBuf frame) {
        Greeting greeting = Greeting.decode(FrameType.WELCOME, FrameCodec.payload(frame));
        if (state != State.HELLO_SENT
                || greeting == null
                || greeting.hostId() != hostId
                || FrameCodec.tag(frame) == 0) {
            other();
            return;
        }
        if (greeting.major() != Greeting.MAJOR) {
            String text = "the device speaks version " + greeting.major() + "." + greeting.minor()
                    + " of the protocol, this host " + Greeting.MAJOR + "." + Greeting.MINOR
                    + "; install firmware and library of the same version";
            frames.reset(FrameCodec.tag(frame), new Reset(ResetReason.VERSION, hostId, 0, text));
            end(new LinkResetException(ResetReason.VERSION, text));
            return;
        }
        state = State.ESTABLISHED;
        cancelTimers();
        Session session = greeting.agreed(config, FrameCodec.tag(frame), hostId, greeting.bootId());
        begin(session);
        frames.send(FrameType.PROBE);
        announce(session);
    }

    private void reset(ByteBuf frame) {
        Reset reset = Reset.decode(FrameCodec.payload(frame));
        if (reset == null) {
            other();
            return;
        }
        Session session = session();
        if (session != null) {
            boolean rebooted = FrameCodec.tag(frame) == 0
                    && reset.reason() == ResetReason.BOOT
                    && reset.bootId() != session.bootId();
            if (rebooted) {
                end(LinkResetException.of(reset));
            } else {
                meter.stale();
            }
        } else if (state == State.HELLO_SENT) {
            if (reset.reason() == ResetReason.BOOT) {
                boots++;
                if (ctx().channel().isWritable()) {
                    frames.greet(FrameType.HELLO, 0, hello);
                }
            } else if (reset.hostId() == hostId) {
                end(LinkResetException.of(reset));
            } else {
                // A device that has just lost its session says so: a uartnet device, but no answer yet.
                meter.stale();
            }
        }
    }

    @Override
    void sessionEnded() {
        state = State.ENDED;
        cancelTimers();
    }

    @Override
    @Nullable
    LinkException refusal() {
        return state == State.ENDED ? new LinkException("the session has ended") : null;
    }

    @Override
    boolean isOpening() {
        return state == State.HELLO_SENT;
    }

    private void cancelTimers() {
        if (helloTimer != null) {
            helloTimer.cancel(false);
            helloTimer = null;
        }
        if (connectTimer != null) {
            connectTimer.cancel(false);
            connectTimer = null;
        }
    }
}
