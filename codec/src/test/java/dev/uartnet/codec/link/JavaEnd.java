package dev.uartnet.codec.link;

import dev.uartnet.codec.FrameDamaged;
import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.slip.SlipDecoder;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An end made of the real handlers, SLIP, CRC and link, in a channel whose line takes bytes at the line's speed. Its allocator counts
 * instead of sampling: whatever is not released is found.
 */
final class JavaEnd implements LinkEnd {
    /** A channel that gives the line no more than it takes. */
    private static final class LineChannel extends EmbeddedChannel {
        private final FaultyLine out;
        private byte[] wire = new byte[512];
        private long now;
        private @Nullable ModelTrace trace;
        private String name = "";

        LineChannel(FaultyLine out) {
            this.out = out;
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer in) {
            for (Object msg = in.current(); msg != null && out.hasRoom(now); msg = in.current()) {
                ByteBuf frame = (ByteBuf) msg;
                int length = frame.readableBytes();
                if (wire.length < length) {
                    wire = new byte[2 * length];
                }
                frame.readBytes(wire, 0, length);
                if (trace != null) {
                    trace.sent(now, name, wire, length);
                }
                out.send(wire, length, now);
                in.remove();
            }
        }

        long waiting() {
            ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
            return buffer == null ? 0 : buffer.size();
        }
    }

    private final class Application extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf message = (ByteBuf) msg;
            byte[] bytes = new byte[message.readableBytes()];
            message.readBytes(bytes).release();
            listener.message(bytes);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof LinkEstablished established) {
                listener.sessionBegan(established.session().hostId());
            } else if (event instanceof LinkEnded ended) {
                listener.sessionEnded(ended.cause());
            } else if (!(event instanceof FrameDamaged)) {
                throw new AssertionError("an unexpected event: " + event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
        }
    }

    /** A frame that comes in takes up at least so much, and at most twice its size. */
    private static final int LEAST_BUFFER = 256;

    /** Full frames that may wait for the line: the pipe, repetitions, a probe; their escaped bytes may be twice as many. */
    private static final int WAITING_FRAMES = 16;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final LineChannel channel;
    private final LinkConfig config;
    private final LinkHandler link;
    private final Listener listener;
    private final ChannelFutureListener written;
    private long now;
    private long deadline = Long.MAX_VALUE;
    private long unsent;
    /** Bytes that this end may keep in all. */
    private final long memoryBytes;

    private boolean closing;
    private @Nullable Throwable failure;

    private JavaEnd(
            FaultyLine out,
            LinkConfig config,
            SlipEncoder encoder,
            SlipDecoder slip,
            LinkHandler link,
            Listener listener,
            int writeBuffer,
            long memoryBytes) {
        this.config = config;
        this.memoryBytes = memoryBytes;
        this.link = link;
        this.listener = listener;
        written = future -> {
            unsent--;
            if (!future.isSuccess()) {
                if (future.cause() instanceof FrameNotSentException) {
                    listener.notSent();
                } else if (!closing) {
                    fail(future.cause());
                }
            }
        };
        channel = new LineChannel(out);
        channel.freezeTime();
        channel.config()
                .setAllocator(allocator)
                .setWriteBufferWaterMark(new WriteBufferWaterMark(writeBuffer / 2, writeBuffer));
        channel.pipeline()
                .addLast(encoder)
                .addLast(slip)
                .addLast(new CrcEncoder(CrcAlgorithm.CRC_32))
                .addLast(new CrcDecoder(CrcAlgorithm.CRC_32));
    }

    static JavaEnd host(
            FaultSchedule schedule,
            FaultyLine out,
            int hostId,
            Listener listener,
            long now,
            @Nullable ModelTrace trace) {
        SlipEncoder encoder = new SlipEncoder();
        SlipDecoder slip = new SlipDecoder(schedule.host.maxFrameBytes());
        HostLinkHandler link =
                new HostLinkHandler(schedule.host, new LineBytes(slip::bytes, encoder::bytes), null, hostId);
        return new JavaEnd(
                        out,
                        schedule.host,
                        encoder,
                        slip,
                        link,
                        listener,
                        schedule.writeBufferBytes,
                        memory(schedule, schedule.host, schedule.device))
                .start(now, "host", trace);
    }

    static JavaEnd device(
            FaultSchedule schedule,
            FaultyLine out,
            int bootId,
            Listener listener,
            long now,
            @Nullable ModelTrace trace) {
        SlipEncoder encoder = new SlipEncoder();
        SlipDecoder slip = new SlipDecoder(schedule.device.maxFrameBytes());
        DeviceLinkHandler link = new DeviceLinkHandler(
                schedule.device,
                bootId,
                new LineBytes(slip::bytes, encoder::bytes),
                null,
                (bootId >>> 8) % FrameCodec.TAG_MAX);
        return new JavaEnd(
                        out,
                        schedule.device,
                        encoder,
                        slip,
                        link,
                        listener,
                        schedule.writeBufferBytes,
                        memory(schedule, schedule.device, schedule.host))
                .start(now, "device", trace);
    }

    private static long memory(FaultSchedule schedule, LinkConfig own, LinkConfig peer) {
        long arriving = (long) LEAST_BUFFER * own.windowFrames() + 2L * own.bufferBytes() + 2L * own.maxFrameBytes();
        long kept = (long) peer.bufferBytes() + schedule.writeBufferBytes + peer.maxPayload();
        return arriving + kept + 2L * WAITING_FRAMES * peer.maxFrameBytes();
    }

    private JavaEnd start(long at, String name, @Nullable ModelTrace trace) {
        channel.name = name;
        channel.trace = trace;
        clock(at);
        channel.pipeline().addLast(link).addLast(new Application());
        settle();
        return this;
    }

    private void clock(long to) {
        if (to > now) {
            channel.advanceTimeBy(to - now, TimeUnit.NANOSECONDS);
            now = to;
            channel.now = to;
        }
    }

    /** Does what is to be done now. */
    private void settle() {
        long delay;
        do {
            channel.runPendingTasks();
            delay = channel.runScheduledPendingTasks();
        } while (channel.hasPendingTasks());
        deadline = delay < 0 ? Long.MAX_VALUE : now + delay;
        rethrow();
    }

    private void fail(Throwable cause) {
        // Bytes that still waited for the line when an end was killed are lost, and their writers learn it.
        if (!(closing && cause instanceof ClosedChannelException) && failure == null) {
            failure = cause;
        }
    }

    private void rethrow() {
        Throwable cause = failure;
        if (cause instanceof AssertionError error) {
            throw error;
        }
        if (cause != null) {
            throw new AssertionError("an end failed", cause);
        }
        channel.checkException();
    }

    @Override
    public long advance(long to) {
        if (deadline > to) {
            clock(to);
        } else {
            clock(deadline);
            settle();
        }
        return now;
    }

    @Override
    public long deadline() {
        return deadline;
    }

    @Override
    public void receive(byte[] bytes) {
        if (!channel.isOpen()) {
            return;
        }
        channel.writeInbound(allocator.heapBuffer(bytes.length, bytes.length).writeBytes(bytes));
        settle();
    }

    @Override
    public boolean accepts() {
        return channel.isWritable();
    }

    @Override
    public void write(byte[] message) {
        unsent++;
        ByteBuf buffer = allocator.heapBuffer(message.length, message.length).writeBytes(message);
        channel.writeAndFlush(buffer).addListener(written);
        settle();
    }

    @Override
    public long roomAt() {
        return channel.isOpen() && channel.waiting() > 0 ? Math.max(now, channel.out.roomAt()) : Long.MAX_VALUE;
    }

    @Override
    public void lineHasRoom() {
        channel.unsafe().flush();
        settle();
    }

    @Override
    public void close() {
        closing = true;
        channel.pipeline().close(); // EmbeddedChannel.close would cancel all timers
        settle();
    }

    @Override
    public void kill() {
        closing = true;
        channel.unsafe().close(channel.newPromise());
        channel.runPendingTasks();
        rethrow();
        expect(unsent == 0, "writes whose promise was never fulfilled", unsent);
        long kept = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        expect(kept == 0, "bytes were not released", kept);
    }

    @Override
    public boolean isIdle() {
        return unsent == 0
                && link.sendWindow().isEmpty()
                && !link.receiveWindow().hasGap();
    }

    @Override
    public void check() {
        SendWindow sent = link.sendWindow();
        ReceiveWindow received = link.receiveWindow();
        Session session = link.session();
        if (session == null) {
            expect(sent.count() == 0 && sent.bytes() == 0, "frames are kept without a session", sent.count());
            expect(received.keptBytes() == 0, "bytes are kept without a session", received.keptBytes());
        } else {
            expect(
                    sent.count() <= session.windowFrames() && sent.bytes() <= session.bufferBytes(),
                    "frames and bytes that are not acknowledged, more than allowed",
                    sent.count(),
                    sent.bytes());
            expect(
                    received.keptBytes() <= config.bufferBytes(),
                    "bytes wait behind a gap, more than allowed",
                    received.keptBytes());
        }
        long used = allocator.metric().usedHeapMemory();
        expect(used <= memoryBytes, "bytes are in use, and so many allowed", used, memoryBytes);
    }

    private void expect(boolean condition, String what, long... numbers) {
        if (!condition) {
            throw new AssertionError(link.getClass().getSimpleName() + ": " + what + " " + Arrays.toString(numbers));
        }
    }

    @Override
    public LinkCounters counters() {
        return link.counters();
    }
}
