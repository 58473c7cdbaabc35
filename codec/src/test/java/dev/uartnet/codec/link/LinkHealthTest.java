package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelData;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.Future;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkHealthTest {
    private static final int END = 0xC0;
    private static final int ESC = 0xDB;

    /** DATA 'Cancel(i)' is so long: an array of kind and id. */
    private static final int CANCEL_BYTES = 3;

    @Test
    void whatGoesInAtOneEndComesOutAtTheOther() {
        try (TestLine line = TestLine.open()) {
            LinkCounters host = line.hostLink().counters();
            LinkCounters device = line.deviceLink().counters();
            assertThat(host.sessions()).isEqualTo(1);
            assertThat(device.sessions()).isEqualTo(1);
            for (int i = 0; i < 10; i++) {
                line.host.writeAndFlush(new Cancel(i));
                line.settle();
                line.passTime(10); // its acknowledgement is due
            }
            LinkCounters fromHost = line.hostLink().counters().minus(host);
            LinkCounters atDevice = line.deviceLink().counters().minus(device);

            assertThat(fromHost.framesSent()).isEqualTo(10);
            assertThat(fromHost.payloadBytesSent()).isEqualTo(10 * CANCEL_BYTES);
            assertThat(atDevice.payloadBytesReceived()).isEqualTo(10 * CANCEL_BYTES);
            assertThat(atDevice.framesReceived()).isEqualTo(10);
            assertThat(atDevice.wireBytesReceived()).isEqualTo(fromHost.wireBytesSent());
            // Two END, header, check; and what had to be escaped.
            assertThat(fromHost.wireBytesSent()).isBetween(10L * (2 + 8 + 3), 10L * (2 + 8 + 3) + 10);
            assertThat(fromHost.framesReceived())
                    .isEqualTo(atDevice.framesSent())
                    .isPositive();
            assertThat(fromHost.wireBytesReceived()).isEqualTo(atDevice.wireBytesSent());
            assertThat(fromHost.payloadBytesReceived()).isZero();
            assertThat(line.hostLink().counters().wireBytesSent())
                    .isEqualTo(line.deviceLink().counters().wireBytesReceived());
        }
    }

    @Test
    void damageIsToldApart() {
        try (TestLine line = TestLine.open()) {
            feed(line, END, 1, 2, 3, 4, 5, 6, 7, 8, 9, END); // no such check
            feed(line, END, 1, 2, END); // too short for a check
            feed(line, END, 1, ESC, 2, 3, END); // nothing is escaped so
            byte[] tooLong = new byte[LinkConfig.device().maxFrameBytes() + 1];
            line.device.writeInbound(Unpooled.wrappedBuffer(tooLong));
            feed(line, END);
            LinkCounters counters = line.deviceLink().counters();

            assertThat(counters.crcErrors()).isEqualTo(2);
            assertThat(counters.resyncs()).isEqualTo(2);
            assertThat(counters.damaged()).isEqualTo(4);
        }
    }

    private static void feed(TestLine line, int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        line.device.writeInbound(Unpooled.wrappedBuffer(raw));
    }

    @Test
    void roundTripsAreMeasuredUnlessAFrameWasRepeated() {
        LinkConfig device = LinkConfig.device().withFeatures(Feature.RETRANSMIT);
        try (TestLine line = new TestLine(LinkConfig.host(), device)) {
            line.settle();
            line.host.writeAndFlush(new Cancel(1));
            byte[] held = TestLine.take(line.host);
            line.host.advanceTimeBy(40, TimeUnit.MILLISECONDS);
            line.device.writeInbound(Unpooled.wrappedBuffer(held));
            line.host.writeInbound(Unpooled.wrappedBuffer(acknowledgement(line)));
            RoundTripHistogram times = line.hostLink().health().roundTrips();
            assertThat(times.count()).isEqualTo(1);
            assertThat(times.sum()).isEqualTo(Duration.ofMillis(40));

            line.toDevice = bytes -> new byte[0];
            line.host.writeAndFlush(new Cancel(2));
            line.settle();
            line.toDevice = bytes -> bytes;
            line.passTime(2_000);
            line.passTime(100);
            assertThat(line.deviceApplication.messages).hasSize(2);
            assertThat(line.hostLink().counters().retransmits()).isPositive();
            assertThat(line.hostLink().counters().timeouts()).isPositive();
            assertThat(line.hostLink().health().roundTrips().count()).isEqualTo(1);
        }
    }

    private static byte[] acknowledgement(TestLine line) {
        line.device.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        line.device.runScheduledPendingTasks();
        return TestLine.take(line.device);
    }

    @Test
    void aFullWindowStalls() {
        LinkConfig narrow = LinkConfig.device().withWindowFrames(3);
        try (TestLine line = new TestLine(LinkConfig.host(), narrow)) {
            line.settle();
            line.host.writeAndFlush(new Cancel(1));
            line.host.writeAndFlush(new Cancel(2));
            line.host.writeAndFlush(new Cancel(3));
            assertThat(line.hostLink().counters().windowStalls()).isZero(); // full, but nothing waits
            line.host.writeAndFlush(new Cancel(4));
            line.host.writeAndFlush(new Cancel(5));
            assertThat(line.hostLink().health().queued()).isEqualTo(2);
            byte[] held = TestLine.take(line.host);
            line.host.advanceTimeBy(70, TimeUnit.MILLISECONDS);
            assertThat(line.hostLink().counters().windowStalls()).isEqualTo(1);
            assertThat(line.hostLink().counters().windowStalled()).isEqualTo(Duration.ofMillis(70));

            line.device.writeInbound(Unpooled.wrappedBuffer(held));
            line.host.writeInbound(Unpooled.wrappedBuffer(acknowledgement(line)));
            line.host.advanceTimeBy(500, TimeUnit.MILLISECONDS);
            assertThat(line.hostLink().health().queued()).isZero();
            assertThat(line.hostLink().counters().windowStalls()).isEqualTo(1);
            assertThat(line.hostLink().counters().windowStalled()).isEqualTo(Duration.ofMillis(70));
        }
    }

    @Test
    void aFullBufferStallsToo() {
        LinkConfig small = LinkConfig.device().withMaxPayload(256).withBufferBytes(2 * 264);
        try (TestLine line = new TestLine(LinkConfig.host(), small)) {
            line.settle();
            for (int i = 0; i < 3; i++) {
                line.host.writeAndFlush(new ChannelData(0, Unpooled.buffer().writeZero(250)));
            }
            assertThat(line.hostLink().counters().windowStalls()).isEqualTo(1);
        }
    }

    @Test
    void theSessionsEndEndsAStall() {
        LinkConfig narrow = LinkConfig.device().withWindowFrames(1);
        try (TestLine line = new TestLine(LinkConfig.host(), narrow)) {
            line.settle();
            line.host.writeAndFlush(new Cancel(1));
            line.host.writeAndFlush(new Cancel(2));
            line.host.advanceTimeBy(20, TimeUnit.MILLISECONDS);
            line.host.writeAndFlush(new LinkReset(ResetReason.CLOSED, "done"));
            line.host.advanceTimeBy(20, TimeUnit.MILLISECONDS);

            LinkHealth health = line.hostLink().health();
            assertThat(health.established()).isFalse();
            assertThat(health.queued()).isZero();
            assertThat(health.counters().windowStalled()).isEqualTo(Duration.ofMillis(20));
            TestLine.take(line.host);
        }
    }

    @Test
    void healthCoversTheTimeSinceTheLinksBirth() {
        try (TestLine line = TestLine.open()) {
            LinkHealth early = line.hostLink().health();
            line.passTime(300);
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            LinkHealth lately = line.hostLink().health().minus(early);

            assertThat(early.established()).isTrue();
            assertThat(lately.elapsed()).isEqualTo(Duration.ofMillis(300));
            assertThat(lately.counters().payloadBytesSent()).isEqualTo(CANCEL_BYTES);
            assertThat(lately.counters().sessions()).isZero();
            assertThat(lately.established()).isTrue();
        }
    }

    /** Each component on its own, so that none is added to another's. */
    @Test
    void allCountersAddUpAndSubtract() throws ReflectiveOperationException {
        RecordComponent[] components = LinkCounters.class.getRecordComponents();
        LinkCounters tens = counters(components, 10);
        LinkCounters ones = counters(components, 1);
        LinkCounters sum = tens.plus(ones);
        assertThat(sum).isEqualTo(counters(components, 11));
        assertThat(sum.minus(tens)).isEqualTo(ones);
        assertThat(ones.plus(LinkCounters.NONE)).isEqualTo(ones);
    }

    private static LinkCounters counters(RecordComponent[] components, int times) throws ReflectiveOperationException {
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < values.length; i++) {
            types[i] = components[i].getType();
            long value = (long) times * (i + 1);
            values[i] = types[i] == long.class ? (Object) value : Duration.ofNanos(value);
        }
        return LinkCounters.class.getDeclaredConstructor(types).newInstance(values);
    }

    @Test
    void oneIsNotMany() {
        assertThat(Count.of(0, "frame")).isEqualTo("0 frames");
        assertThat(Count.of(1, "frame")).isEqualTo("1 frame");
        assertThat(Count.of(2, "frame")).isEqualTo("2 frames");
    }

    @Test
    void otherThreadsReadOnTheEventLoop() throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            EventLoop loop = group.next();
            LinkHandler link = new HostLinkHandler(LinkConfig.host(), new LineBytes(() -> 17, () -> 4), null);
            Channel channel = new LocalChannel();
            loop.register(channel).sync();
            channel.pipeline().addLast(link);
            loop.submit(() -> {}).sync(); // the handler is in place

            LinkHealth health = link.readHealth().sync().getNow();
            assertThat(health.counters().wireBytesReceived()).isEqualTo(17);
            assertThat(health.counters().wireBytesSent()).isEqualTo(4);
            Future<Boolean> atOnce = loop.submit(() -> link.readHealth().isDone());
            assertThat(atOnce.sync().getNow()).isTrue();
            channel.close().sync();
            assertThat(link.readHealth().sync().getNow().established()).isFalse();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
