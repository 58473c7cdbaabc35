package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The device's end of a link (PROTOCOL.md, section 4.4): serves one host after another. A HELLO alone never ends a running
 * session: the first frame with the offered tag does.
 */
public final class DeviceLinkHandler extends LinkHandler {
    private static final long OFFER_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NO_SESSION_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int bootId;
    private final @Nullable DeviceSpeedChange speed;
    private int lastTag;
    private @Nullable Session offer;
    private long offeredNanos;
    private long noSessionNanos;
    private boolean saidNoSession;
    private boolean booted;

    /**
     * Creates the device's end for one channel.
     *
     * @param config what this end offers
     * @param bootId random number of this boot
     * @param line how many bytes have crossed the line
     * @param lineSpeed the speed of the line, which is config's baudRate between sessions; null if that cannot be changed
     */
    public DeviceLinkHandler(LinkConfig config, int bootId, LineBytes line, @Nullable LineSpeed lineSpeed) {
        this(config, bootId, line, lineSpeed, ThreadLocalRandom.current().nextInt(FrameCodec.TAG_MAX));
    }

    /** A device whose first session's tag is given: tests repeat themselves byte by byte. */
    DeviceLinkHandler(LinkConfig config, int bootId, LineBytes line, @Nullable LineSpeed lineSpeed, int lastTag) {
        super(config, line, lineSpeed);
        this.bootId = bootId;
        this.speed = lineSpeed == null ? null : new DeviceSpeedChange(this, lineSpeed);
        this.lastTag = lastTag;
    }

    @Override
    @Nullable
    SpeedControl speedControl() {
        return speed;
    }

    @Override
    int bootId() {
        return bootId;
    }

    @Override
    void lineUp() {
        if (!booted) {
            booted = true;
            frames.reset(0, new Reset(ResetReason.BOOT, 0, bootId, "ready"));
        }
    }

    @Override
    void frameOutsideSession(ByteBuf frame) {
        int tag = FrameCodec.tag(frame);
        switch (FrameCodec.type(frame)) {
            case HELLO -> hello(frame);
            case WELCOME -> meter.ignored();
            case RESET -> {
                Session offered = offer;
                if (offered != null && tag == offered.tag()) {
                    offer = null;
                }
                meter.stale();
            }
            default -> {
                Session offered = offer;
                if (offered != null && nanoTime() - offeredNanos > OFFER_NANOS) {
                    offer = offered = null;
                }
                if (offered != null && tag == offered.tag()) {
                    accepted(offered);
                } else {
                    meter.stale();
                    if (session() == null && tag != 0) {
                        noSession(tag);
                    }
                }
            }
        }
    }

    private void hello(ByteBuf frame) {
        Greeting greeting = Greeting.decode(FrameType.HELLO, FrameCodec.payload(frame));
        if (greeting == null) {
            meter.ignored();
            return;
        }
        if (greeting.major() != Greeting.MAJOR) {
            String text = "this device speaks version " + Greeting.MAJOR + "." + Greeting.MINOR;
            frames.reset(0, new Reset(ResetReason.VERSION, greeting.hostId(), bootId, text));
            return;
        }
        Session session = session();
        Session offered = offer;
        int tag;
        if (session != null && session.hostId() == greeting.hostId()) {
            tag = session.tag();
        } else if (speed != null && speed.lineBaud() != speed.first()) {
            meter.ignored(); // Which speed would that session begin with?
            return;
        } else if (session != null && !config.takeover()) {
            String text = "another host has a session with this device, which is set to serve one at a time";
            frames.reset(0, new Reset(ResetReason.BUSY, greeting.hostId(), bootId, text));
            return;
        } else {
            if (offered == null || offered.hostId() != greeting.hostId()) {
                lastTag = lastTag % FrameCodec.TAG_MAX + 1;
                offer = greeting.agreed(config, lastTag, greeting.hostId(), bootId);
            }
            offeredNanos = nanoTime();
            tag = lastTag;
        }
        frames.greet(
                FrameType.WELCOME,
                tag,
                Greeting.of(config, greeting.hostId(), bootId).encode(FrameType.WELCOME));
    }

    private void accepted(Session offered) {
        if (session() != null) {
            end(new LinkException("another host has taken over"));
        }
        offer = null;
        begin(offered);
        announce(offered);
    }

    private void noSession(int tag) {
        long now = nanoTime();
        if (!saidNoSession || now - noSessionNanos >= NO_SESSION_NANOS) {
            saidNoSession = true;
            noSessionNanos = now;
            frames.reset(tag, new Reset(ResetReason.NO_SESSION, 0, bootId, ""));
        }
    }

    @Override
    void sessionEnded() {
        // The offer beside the session, if there is one, stands.
    }

    @Override
    @Nullable
    LinkException refusal() {
        return session() == null ? new LinkException("there is no session") : null;
    }

    @Override
    boolean isOpening() {
        return false;
    }
}
