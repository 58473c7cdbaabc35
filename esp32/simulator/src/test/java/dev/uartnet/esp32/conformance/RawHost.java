package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A host by hand: every frame is written and read by the test. */
public final class RawHost implements AutoCloseable {
    private static final int RETRANSMIT = 1;

    private final Channel channel;
    private final BlockingQueue<Frame> frames = new LinkedTransferQueue<>();
    private final List<Frame> seen = new ArrayList<>();
    private int tag;
    private int nextSeq;
    private int expected;

    public RawHost(Device device) throws IOException {
        channel = device.open(line -> line.pipeline().addLast(new Receiver()));
    }

    private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        private boolean escaped;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            while (bytes.isReadable()) {
                int value = bytes.readUnsignedByte();
                if (value == 0xC0) {
                    if (frame.size() > 0) {
                        frames.add(Frame.parse(frame.toByteArray()));
                        frame.reset();
                    }
                } else if (value == 0xDB) {
                    escaped = true;
                } else {
                    frame.write(escaped ? (value == 0xDC ? 0xC0 : 0xDB) : value);
                    escaped = false;
                }
            }
        }
    }

    public int tag() {
        return tag;
    }

    public int nextSeq() {
        return nextSeq;
    }

    /** Goes back to numbers that were used before, or ahead. */
    public void nextSeq(int seq) {
        nextSeq = seq;
    }

    public void write(byte[] bytes) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes)).syncUninterruptibly();
    }

    public void writeFrame(int type, int frameTag, int seq, int ack, byte[] payload) {
        write(Frame.slip(Frame.bytes(type, frameTag, seq, ack, payload)));
    }

    /** Returns the next frame of that kind; those before it are gone. */
    public Frame await(String what, Predicate<Frame> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ConformanceTest.SECONDS);
        seen.clear();
        while (true) {
            Frame frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new AssertionError("no " + what + "; came: " + seen);
            }
            if (wanted.test(frame)) {
                return frame;
            }
            seen.add(frame);
        }
    }

    /** Returns the frames that the last await has passed over. */
    public List<Frame> passedOver() {
        return List.copyOf(seen);
    }

    // Sessions

    public static int newHostId() {
        return ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    }

    public static byte[] hello(int hostId, int window, int keepaliveMillis) {
        return hello(hostId, window, keepaliveMillis, 0);
    }

    private static byte[] hello(int hostId, int window, int keepaliveMillis, int features) {
        return Frame.pack("uartnet", 1, 0, hostId, window, 65_536, 1_032, keepaliveMillis, features, "conformance");
    }

    /** Says HELLO and returns the WELCOME to it. */
    public Frame hello(byte[] payload, int hostId) throws InterruptedException {
        writeFrame(Frame.HELLO, 0, 0, 0, payload);
        return await(
                "WELCOME", f -> f.type() == Frame.WELCOME && f.values().get(3).equals((long) hostId));
    }

    public Frame hello(int hostId) throws InterruptedException {
        return hello(hello(hostId, 64, 1000), hostId);
    }

    /** Opens a session: HELLO, WELCOME, PROBE, ACK. */
    public void begin(int window, int keepaliveMillis) throws InterruptedException {
        int hostId = newHostId();
        enter(hello(hello(hostId, window, keepaliveMillis), hostId).tag());
    }

    public void begin() throws InterruptedException {
        begin(64, 1000);
    }

    /** Opens a session in which lost frames are repeated. */
    public void beginRepeating() throws InterruptedException {
        int hostId = newHostId();
        enter(hello(hello(hostId, 64, 60_000, RETRANSMIT), hostId).tag());
    }

    /** Sends the first frame with an offered tag. */
    public void enter(int offeredTag) throws InterruptedException {
        tag = offeredTag;
        nextSeq = 0;
        expected = 0;
        probe();
    }

    /** PROBE and its ACK: whatever was sent before has been handled. */
    public Frame probe() throws InterruptedException {
        writeFrame(Frame.PROBE, tag, nextSeq, expected, new byte[0]);
        return await("ACK", f -> f.type() == Frame.ACK && f.tag() == tag);
    }

    public void send(@Nullable Object... message) {
        sendPayload(Frame.pack(message));
    }

    public void sendPayload(byte[] payload) {
        writeFrame(Frame.DATA, tag, nextSeq, expected, payload);
        nextSeq = nextSeq + 1 & 0xFF;
    }

    /** Returns the next message, without acknowledging it. */
    public List<@Nullable Object> peek() throws InterruptedException {
        Frame data = await("DATA", f -> f.type() == Frame.DATA && f.tag() == tag);
        assertThat(data.seq()).as("seq").isEqualTo(expected);
        expected = expected + 1 & 0xFF;
        return data.values();
    }

    public void acknowledge() {
        writeFrame(Frame.ACK, tag, nextSeq, expected, new byte[0]);
    }

    /** Returns the next message, and acknowledges it. */
    public List<@Nullable Object> receive() throws InterruptedException {
        List<@Nullable Object> message = peek();
        acknowledge();
        return message;
    }

    /** Asks for PING and waits for its answer: the session lives, and what was sent before has been handled. */
    public void ping(int id) throws InterruptedException {
        send(1, id, 0, 0, "still there?");
        assertThat(receive()).containsExactly(2L, (long) id, "still there?");
    }

    /** Returns the reason of the RESET that comes. */
    public int awaitReset(int resetTag) throws InterruptedException {
        Frame reset = await("RESET", f -> f.type() == Frame.RESET && f.tag() == resetTag);
        return ((Long) reset.values().get(0)).intValue();
    }

    public void reset(int reason) {
        writeFrame(Frame.RESET, tag, nextSeq, expected, Frame.pack(reason, 0, 0, ""));
    }

    @Override
    public void close() {
        if (tag != 0) {
            reset(2);
        }
        channel.close().syncUninterruptibly();
    }
}
