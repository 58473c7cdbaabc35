package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of a session mean, by their type: each is a sign of life and acknowledges, most show what the peer has sent; PROTOCOL.md,
 * sections 3, 5 and 6. On the event loop.
 */
final class FrameReader {
    private final LinkMeter meter;
    private final Transmission transmission;
    private final SendQueue queue;
    private final Receiver receiver;
    private final Keepalive keepalive;
    private final Consumer<LinkResetException> peerReset;

    private boolean repeats;
    private @Nullable SpeedControl speed;

    /** @param peerReset ends the session */
    FrameReader(
            LinkMeter meter,
            Transmission transmission,
            SendQueue queue,
            Receiver receiver,
            Keepalive keepalive,
            Consumer<LinkResetException> peerReset) {
        this.meter = meter;
        this.transmission = transmission;
        this.queue = queue;
        this.receiver = receiver;
        this.keepalive = keepalive;
        this.peerReset = peerReset;
    }

    /** @param repeating whether the session repeats frames */
    void begin(boolean repeating, @Nullable SpeedControl control) {
        repeats = repeating;
        speed = control;
    }

    void end() {
        repeats = false;
        speed = null;
    }

    /** Returns whether the frame, of which the payload is left then, is the message that is waited for. */
    boolean read(FrameType type, ByteBuf frame) {
        keepalive.heard();
        if (type == FrameType.RESET) {
            reset(frame);
            return false;
        }
        if (speed != null) {
            speed.heard();
        }
        int seq = FrameCodec.seq(frame);
        if (transmission.acknowledged(FrameCodec.ack(frame))) {
            queue.sendMore();
        }
        frame.skipBytes(FrameCodec.HEADER_BYTES);
        if (type == FrameType.DATA) {
            if (speed != null) {
                speed.arrived();
            }
            return receiver.data(seq, frame);
        }
        if (type == FrameType.ACK && repeats) {
            transmission.reported(frame);
            queue.sendMore(); // what has arrived behind a gap is in the pipe no more
        } else if (type == FrameType.PROBE) {
            receiver.probed();
        } else if (type == FrameType.SPEED) {
            speed(SpeedProposal.decode(frame));
        }
        receiver.sent(seq);
        return false;
    }

    private void reset(ByteBuf frame) {
        Reset reset = Reset.decode(FrameCodec.payload(frame));
        if (reset == null) {
            meter.ignored();
        } else {
            peerReset.accept(LinkResetException.of(reset));
        }
    }

    private void speed(@Nullable SpeedProposal proposal) {
        if (speed == null || proposal == null) {
            meter.ignored();
        } else {
            speed.received(proposal);
        }
    }
}
