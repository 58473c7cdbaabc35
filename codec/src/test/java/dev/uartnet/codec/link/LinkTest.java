package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.NoAnswerException.Heard;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Demand;
import dev.uartnet.codec.message.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static LinkException end(TestLine.Application application) {
        List<LinkEnded> ends = application.events(LinkEnded.class);
        assertThat(ends).hasSize(1);
        return ends.get(0).cause();
    }

    @Test
    void threeFramesOpenASession() {
        try (TestLine line = TestLine.open()) {
            Session atHost =
                    line.hostApplication.events(LinkEstablished.class).get(0).session();
            Session atDevice =
                    line.deviceApplication.events(LinkEstablished.class).get(0).session();
            assertThat(atHost.tag()).isBetween(1, FrameCodec.TAG_MAX).isEqualTo(atDevice.tag());
            assertThat(atHost.hostId()).isEqualTo(atDevice.hostId());
            assertThat(atHost.bootId()).isEqualTo(0xB007);
            assertThat(atHost.agent()).startsWith("uartnet-simulator/");
            assertThat(atDevice.agent()).startsWith("uartnet-java/");
            assertThat(atHost.bufferBytes()).isEqualTo(LinkConfig.device().bufferBytes());
        }
    }

    @Test
    void messagesArriveBothWaysInOrderAndNothingIsRepeated() {
        try (TestLine line = TestLine.open()) {
            for (int i = 0; i < 1_000; i++) {
                line.host.writeOutbound(new Cancel(i));
                line.device.writeOutbound(new ChannelCredit(i, i));
                if (i % 7 == 0) {
                    line.settle();
                }
            }
            line.settle();
            for (int i = 0; i < 1_000; i++) {
                assertThat(line.deviceApplication.messages.poll()).isEqualTo(new Cancel(i));
                assertThat(line.hostApplication.messages.poll()).isEqualTo(new ChannelCredit(i, i));
            }
            assertThat(line.hostLink().counters().duplicates()).isZero();
            assertThat(line.deviceLink().counters().gaps()).isZero();
        }
    }

    @Test
    void messagesWrittenBeforeTheSessionWaitForIt() {
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            ChannelFuture early = line.host.writeAndFlush(new Cancel(1));
            assertThat(early.isDone()).isFalse();
            line.settle();
            assertThat(early.isSuccess()).isTrue();
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(1));
        }
    }

    @Test
    void theWindowHoldsInFramesAndInBytes() {
        LinkConfig narrow = LinkConfig.device().withWindowFrames(3);
        try (TestLine line = new TestLine(LinkConfig.host(), narrow)) {
            line.settle();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                writes.add(line.host.writeAndFlush(new Cancel(i)));
            }
            line.host.runPendingTasks();
            assertThat(writes).extracting(ChannelFuture::isDone).containsExactly(true, true, true, false, false);
            line.settle();
            line.passTime(50);
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            assertThat(line.deviceApplication.messages).hasSize(5);
        }
        LinkConfig small = LinkConfig.device().withMaxPayload(256).withBufferBytes(2 * 264);
        try (TestLine line = new TestLine(LinkConfig.host(), small)) {
            line.settle();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writes.add(line.host.writeAndFlush(
                        new ChannelData(0, Unpooled.buffer().writeZero(250))));
            }
            assertThat(writes).extracting(ChannelFuture::isDone).containsExactly(true, true, false, false);
            assertThat(line.host.isWritable()).isTrue();
            line.settle();
            line.passTime(50);
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            line.deviceApplication.messages.forEach(message -> ((ChannelData) message).release());
        }
    }

    @Test
    void whatWaitsForTheWindowCountsAgainstTheWriteBufferWaterMark() {
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            line.settle();
            line.toDevice = bytes -> new byte[0];
            int written = 0;
            while (line.host.isWritable()) {
                line.host.writeAndFlush(new ChannelData(0, Unpooled.buffer().writeZero(1_000)));
                assertThat(++written).isLessThan(1_000);
            }
            assertThat(written).isGreaterThan(8);
        }
    }

    @Test
    void noMoreThanSixFullFramesAreInThePipe() {
        try (TestLine line = new TestLine(LinkConfig.host().withBaudRate(921_600), LinkConfig.device(921_600))) {
            line.settle();
            List<ChannelFuture> writes = fullFrames(line, 12);
            assertThat(writes).filteredOn(ChannelFuture::isDone).hasSize(6);
            // The first one is lost. What arrived behind it is in the pipe no more: others may go, up to the peer's
            // buffer.
            byte[] sent = TestLine.take(line.host);
            line.device.writeInbound(Unpooled.copiedBuffer(sent, sent.length / 6, sent.length - sent.length / 6));
            line.toDevice = bytes -> new byte[0];
            line.settle();
            paced(line);
            assertThat(writes).filteredOn(ChannelFuture::isDone).hasSize(8);
            assertThat(line.hostLink().counters().retransmits()).isEqualTo(1);
            assertThat(line.deviceApplication.messages).isEmpty();
        }
    }

    @Test
    void onAFastLineThePipeHoldsWhatTheLineCarriesInSixteenMilliseconds() {
        int baud = 12_000_000;
        try (TestLine line = new TestLine(LinkConfig.host().withBaudRate(baud), LinkConfig.device(baud))) {
            line.settle();
            List<ChannelFuture> writes = fullFrames(line, 40);
            assertThat(writes).filteredOn(ChannelFuture::isDone).hasSize(19_200 / (1_026 + FrameCodec.OVERHEAD_BYTES));
        }
    }

    @Test
    void aFastLinesPipeIsBoundedByThePeersBuffer() {
        int baud = 12_000_000;
        try (TestLine line = new TestLine(LinkConfig.host().withBaudRate(baud), LinkConfig.device())) {
            line.settle();
            List<ChannelFuture> writes = fullFrames(line, 40);
            assertThat(writes).filteredOn(ChannelFuture::isDone).hasSize(8);
        }
    }

    private static List<ChannelFuture> fullFrames(TestLine line, int count) {
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(
                    line.host.writeAndFlush(new ChannelData(0, Unpooled.buffer().writeZero(1_020))));
        }
        paced(line);
        return writes;
    }

    /** Gives the line the time to carry what the host holds back for it. */
    private static void paced(TestLine line) {
        for (int millis = 0; millis < 200; millis += 2) {
            line.host.advanceTimeBy(2, TimeUnit.MILLISECONDS);
            line.host.runScheduledPendingTasks();
        }
    }

    @Test
    void aFrameIsLostAgainAsSoonAsOneSentBehindItHasArrived() {
        try (TestLine line = TestLine.open()) {
            line.toDevice = bytes -> new byte[0];
            line.host.writeAndFlush(new Cancel(0));
            line.settle();
            line.toDevice = bytes -> bytes;
            line.host.writeAndFlush(new Cancel(1));
            TestLine.take(line.host);
            line.host.writeAndFlush(new Cancel(2));
            // The report of the gap is answered by both frames; these are lost too.
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.host)));
            line.host.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.device)));
            assertThat(line.hostLink().counters().retransmits()).isEqualTo(2);
            TestLine.take(line.host);
            line.host.writeAndFlush(new Cancel(3));
            line.settle();
            assertThat(line.hostLink().counters().retransmits()).isEqualTo(4);
            assertThat(line.deviceApplication.messages)
                    .containsExactly(new Cancel(0), new Cancel(1), new Cancel(2), new Cancel(3));
        }
    }

    @Test
    void framesGetSmallerOnALineThatLosesThemAndGrowAgain() {
        FrameSize size = new FrameSize();
        assertThat(size.payloadBytes(1_032)).isEqualTo(1_032);
        // One frame lost in 1,000 bytes: sqrt(16 * 1,000) = 126 bytes on the line, 116 of them payload.
        for (int i = 0; i < 500; i++) {
            size.sent(1_000);
            size.lost();
        }
        assertThat(size.payloadBytes(1_032)).isBetween(110, 130);
        for (int i = 0; i < 500; i++) {
            size.sent(10);
            size.lost();
        }
        assertThat(size.payloadBytes(1_032)).isBetween(70, 80);
        for (int i = 0; i < 1_500; i++) {
            size.sent(1_000);
        }
        assertThat(size.payloadBytes(1_032)).isEqualTo(1_032);
    }

    @Test
    void aDeviceForOneHostAtATimeRefusesAnother() {
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device().withTakeover(false))) {
            line.settle();
            EmbeddedChannel other = new EmbeddedChannel();
            other.freezeTime();
            TestLine.Application application = new TestLine.Application();
            dev.uartnet.codec.EndpointPipeline.addHost(other.pipeline(), LinkConfig.host());
            other.pipeline().addLast(application);
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(other)));
            other.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.device)));
            assertThat(end(application)).isInstanceOf(LinkResetException.class).hasMessageContaining("another host");
            assertThat(line.deviceLink().session()).isNotNull();
            other.finishAndReleaseAll();
        }
    }

    @Test
    void aMessageLargerThanThePeerTakesFailsAlone() {
        try (TestLine line = TestLine.open()) {
            ChannelFuture large =
                    line.host.writeAndFlush(new ChannelData(0, Unpooled.buffer().writeZero(1_033)));
            ChannelFuture small = line.host.writeAndFlush(new Cancel(1));
            line.settle();
            assertThat(large.cause()).isInstanceOf(TooLongFrameException.class).hasMessageContaining("1032");
            assertThat(small.isSuccess()).isTrue();
        }
    }

    @Test
    void acknowledgementsComeAfterTheDelayAndRideOnData() {
        try (TestLine line = TestLine.open()) {
            long before = line.deviceLink().counters().framesSent();
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            line.passTime(49);
            assertThat(line.deviceLink().counters().framesSent()).isEqualTo(before);
            line.passTime(1);
            assertThat(line.deviceLink().counters().framesSent()).isEqualTo(before + 1);
            line.host.writeAndFlush(new Cancel(2));
            line.settle();
            line.device.writeAndFlush(new Demand(2, 1));
            line.settle();
            line.passTime(100);
            assertThat(line.deviceLink().counters().framesSent()).isEqualTo(before + 2);
        }
        // At a higher speed, a full frame takes less time.
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device().withBaudRate(2_000_000))) {
            line.settle();
            long before = line.deviceLink().counters().framesSent();
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            line.passTime(6);
            assertThat(line.deviceLink().counters().framesSent()).isEqualTo(before + 1);
        }
    }

    @Test
    void aLostFrameEndsTheSessionOnBothEndsAndNothingBehindItIsDelivered() {
        try (TestLine line = TestLine.openWithoutRetransmission()) {
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            line.host.writeAndFlush(new Cancel(2));
            TestLine.take(line.host);
            line.host.writeAndFlush(new Cancel(3));
            line.settle();
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(1));
            assertThat(end(line.deviceApplication))
                    .isInstanceOf(FrameLostException.class)
                    .hasMessageContaining("frame 1");
            assertThat(end(line.hostApplication))
                    .isInstanceOfSatisfying(LinkResetException.class, e -> assertThat(e.reason())
                            .isEqualTo(ResetReason.FRAME_LOST));
        }
    }

    @Test
    void theLastFramesLossIsSeenByTheNextFrameOfAnyKind() {
        try (TestLine line = TestLine.openWithoutRetransmission()) {
            line.host.writeAndFlush(new Cancel(1));
            TestLine.take(line.host);
            line.toHost = bytes -> new byte[0];
            line.passTime(1_001);
            line.toHost = bytes -> bytes;
            line.passTime(1_001);
            assertThat(line.deviceApplication.events(LinkEnded.class)).hasSize(1);
        }
    }

    @Test
    void damageIsCountedAndNeverDelivered() {
        try (TestLine line = TestLine.openWithoutRetransmission()) {
            line.toDevice = bytes -> {
                byte[] damaged = bytes.clone();
                if (damaged.length > 6) {
                    damaged[5] ^= 0x10;
                }
                return damaged;
            };
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            assertThat(line.deviceApplication.messages).isEmpty();
            assertThat(line.deviceLink().counters().damaged()).isEqualTo(1);
            line.toDevice = bytes -> bytes;
            line.host.writeAndFlush(new Cancel(2));
            line.settle();
            assertThat(line.deviceApplication.messages).isEmpty();
            assertThat(end(line.deviceApplication))
                    .isInstanceOf(FrameLostException.class)
                    .hasMessageContaining("(1 damaged frame so far)");
        }
    }

    @Test
    void garbageBetweenFramesHarmsNothing() {
        Random random = new Random(4);
        try (TestLine line = TestLine.open()) {
            for (int i = 0; i < 200; i++) {
                byte[] garbage = new byte[random.nextInt(100)];
                random.nextBytes(garbage);
                line.device.writeInbound(Unpooled.wrappedBuffer(garbage));
                line.host.writeInbound(Unpooled.wrappedBuffer(garbage));
                line.host.writeAndFlush(new Cancel(i));
                line.device.writeAndFlush(new Demand(i, 1));
                line.settle();
                assertThat(line.deviceApplication.messages.poll()).isEqualTo(new Cancel(i));
                assertThat(line.hostApplication.messages.poll()).isEqualTo(new Demand(i, 1));
            }
            assertThat(line.deviceApplication.messages).isEmpty();
        }
    }

    @Test
    void aFrameThatComesTwiceIsDeliveredOnce() {
        try (TestLine line = TestLine.open()) {
            line.toDevice = bytes -> ByteBufUtil.getBytes(Unpooled.wrappedBuffer(bytes, bytes));
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(1));
            assertThat(line.deviceLink().counters().duplicates()).isEqualTo(1);
        }
    }

    @Test
    void aHelloThatIsRepeatedOrLostDoesNoHarm() {
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            TestLine.take(line.host);
            line.passTime(250);
            assertThat(line.hostApplication.events(LinkEstablished.class)).hasSize(1);
        }
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            line.toHost = bytes -> new byte[0];
            line.settle();
            line.passTime(250);
            line.toHost = bytes -> bytes;
            line.passTime(250);
            assertThat(line.hostApplication.events(LinkEstablished.class)).hasSize(1);
            assertThat(line.deviceApplication.events(LinkEstablished.class)).hasSize(1);
        }
    }

    @Test
    void anotherHostsHelloAloneEndsNoSessionItsFirstFrameDoes() {
        try (TestLine line = TestLine.open();
                TestLine second = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(second.host)));
            byte[] welcome = TestLine.take(line.device);
            assertThat(line.deviceApplication.events(LinkEnded.class)).isEmpty();
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(1));

            second.host.writeInbound(Unpooled.wrappedBuffer(welcome));
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(second.host)));
            assertThat(line.deviceApplication.events(LinkEnded.class)).hasSize(1);
            assertThat(line.deviceApplication.events(LinkEstablished.class)).hasSize(2);
            TestLine.take(line.device);

            // The first host's frames are stale now, and change nothing.
            line.host.writeAndFlush(new Cancel(2));
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.host)));
            assertThat(line.deviceApplication.messages).hasSize(1);
            assertThat(line.deviceLink().counters().stale()).isEqualTo(1);
        }
    }

    @Test
    void aDeviceThatHasRebootedSaysSoAtTheFirstExchange() {
        try (TestLine line = TestLine.open();
                TestLine reborn = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            TestLine.take(reborn.device);
            line.host.writeAndFlush(new Cancel(1));
            reborn.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.host)));
            line.host.writeInbound(Unpooled.wrappedBuffer(TestLine.take(reborn.device)));
            assertThat(end(line.hostApplication))
                    .isInstanceOfSatisfying(LinkResetException.class, e -> assertThat(e.reason())
                            .isEqualTo(ResetReason.NO_SESSION));
        }
    }

    @Test
    void aBootIsHeardInsideASessionUnlessItIsTheSessionsOwn() {
        try (TestLine line = TestLine.open()) {
            line.host.writeInbound(reset(0xB007));
            assertThat(line.hostApplication.events(LinkEnded.class)).isEmpty();
            line.host.writeInbound(reset(0xB008));
            assertThat(end(line.hostApplication)).hasMessageContaining("rebooted");
        }
    }

    private static ByteBuf reset(int bootId) {
        EmbeddedChannel boot = new EmbeddedChannel();
        dev.uartnet.codec.EndpointPipeline.addDevice(boot.pipeline(), LinkConfig.device(), bootId);
        return Unpooled.wrappedBuffer(TestLine.take(boot));
    }

    @Test
    void silenceIsProbedAndTwoAndAHalfIntervalsOfItEndTheSession() {
        try (TestLine line = TestLine.open()) {
            for (int i = 0; i < 20; i++) {
                line.passTime(500);
            }
            assertThat(line.hostApplication.events(LinkEnded.class)).isEmpty();
            line.toHost = bytes -> new byte[0];
            line.toDevice = bytes -> new byte[0];
            for (int i = 0; i < 4; i++) {
                line.passTime(500);
            }
            assertThat(line.hostLink().session()).isNotNull();
            line.passTime(501);
            assertThat(end(line.hostApplication)).isInstanceOf(LinkSilentException.class);
            assertThat(end(line.deviceApplication)).isInstanceOf(LinkSilentException.class);
        }
    }

    @Test
    void whatWaitsWhileAnEndIsHeldUpIsNoSilence() {
        try (TestLine line = TestLine.open()) {
            for (int i = 0; i < 3; i++) {
                // Timers run before the input is read.
                line.host.advanceTimeBy(70, TimeUnit.SECONDS);
                line.host.runScheduledPendingTasks();
                assertThat(line.hostLink().session()).isNotNull();
                line.settle();
                line.passTime(100);
            }
            assertThat(line.hostApplication.events(LinkEnded.class)).isEmpty();
        }
    }

    @Test
    void anEndThatWasHeldUpAsksOnceMore() {
        try (TestLine line = TestLine.open()) {
            line.toHost = bytes -> new byte[0];
            for (int i = 0; i < 2; i++) {
                assertThat(line.hostLink().session()).isNotNull();
                line.host.advanceTimeBy(70, TimeUnit.SECONDS);
                line.host.runScheduledPendingTasks();
            }
            assertThat(end(line.hostApplication)).isInstanceOf(LinkSilentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SILENCE", "GARBAGE", "OTHER_FRAMES"})
    void aFailedOpeningSaysWhatWasHeard(Heard heard) {
        LinkConfig config = LinkConfig.host().withConnectTimeout(SECOND);
        try (TestLine line = new TestLine(config, LinkConfig.device())) {
            TestLine.take(line.device);
            line.toDevice = bytes -> new byte[0];
            switch (heard) {
                case SILENCE -> {}
                case GARBAGE ->
                    line.host.writeInbound(
                            Unpooled.copiedBuffer("\r\nMicroPython v1.25 on ESP32\r\n>>> ", StandardCharsets.US_ASCII));
                case OTHER_FRAMES -> line.host.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.host)));
            }
            ChannelFuture waiting = line.host.writeAndFlush(new Cancel(1));
            line.passTime(1_001);
            assertThat(end(line.hostApplication))
                    .isInstanceOfSatisfying(
                            NoAnswerException.class, e -> assertThat(e.heard()).isEqualTo(heard));
            assertThat(waiting.cause()).isInstanceOf(FrameNotSentException.class);
        }
    }

    @Test
    void aDeviceThatOnlyBootsIsNotTakenForAnotherProgram() {
        LinkConfig config = LinkConfig.host().withConnectTimeout(SECOND);
        try (TestLine line = new TestLine(config, LinkConfig.device())) {
            byte[] boot = TestLine.take(line.device);
            line.toDevice = bytes -> new byte[0];
            line.host.writeInbound(Unpooled.copiedBuffer(boot));
            line.host.writeInbound(Unpooled.copiedBuffer(boot));
            line.passTime(1_001);
            assertThat(end(line.hostApplication)).hasMessageContaining("boots (2 times)");
        }
    }

    @Test
    void anotherMajorVersionIsRefusedByName() {
        try (TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            TestLine.take(line.host);
            TestLine.take(line.device);
            Greeting future = new Greeting(2, 0, 77, 0, 1, 9_999, 1_032, 1_000, 0, "future");
            EmbeddedChannel sender = new EmbeddedChannel(
                    new dev.uartnet.codec.slip.SlipEncoder(),
                    new dev.uartnet.codec.crc.CrcEncoder(dev.uartnet.codec.crc.CrcAlgorithm.CRC_32));
            sender.writeOutbound(FrameCodec.encode(
                    sender.alloc(), FrameType.HELLO, 0, 0, 0, Unpooled.wrappedBuffer(future.encode(FrameType.HELLO))));
            line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(sender)));
            byte[] refusal = TestLine.take(line.device);
            assertThat(new String(refusal, StandardCharsets.UTF_8)).contains("this device speaks version 1.0");
            assertThat(line.deviceLink().session()).isNull();
        }
    }

    @Test
    void aClosedHostTellsTheDevice() {
        try (TestLine line = TestLine.open()) {
            line.host.close();
            line.settle();
            assertThat(line.host.isOpen()).isFalse();
            assertThat(end(line.deviceApplication)).hasMessageContaining("closed the session");
            assertThat(end(line.hostApplication)).hasMessageContaining("connection was closed");
            ChannelFuture late = line.device.writeAndFlush(new Demand(1, 1));
            assertThat(late.cause()).isInstanceOf(FrameNotSentException.class);
        }
    }

    @Test
    void theOwnerOfASessionCanEndIt() {
        try (TestLine line = TestLine.open()) {
            line.host.writeAndFlush(new LinkReset(ResetReason.PROTOCOL, "an event without a number"));
            line.settle();
            assertThat(end(line.deviceApplication))
                    .isInstanceOfSatisfying(LinkResetException.class, e -> assertThat(e.reason())
                            .isEqualTo(ResetReason.PROTOCOL))
                    .hasMessageContaining("an event without a number");
            assertThat(end(line.hostApplication)).hasMessageContaining("an event without a number");
        }
    }

    @Test
    void aMalformedMessageIsAnExceptionOfItsReceiver() {
        try (TestLine line = TestLine.open()) {
            line.host.pipeline().context(HostLinkHandler.class).writeAndFlush(Unpooled.EMPTY_BUFFER);
            line.host.pipeline().context("message").writeAndFlush(Unpooled.copiedBuffer(new byte[] {5}));
            line.settle();
            assertThat(line.deviceApplication.failures)
                    .hasAtLeastOneElementOfType(dev.uartnet.codec.message.MalformedMessageException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomTrafficInRandomChunksArrivesWhole(long seed) {
        Random random = new Random(seed);
        try (TestLine line = TestLine.open()) {
            List<Event> sent = new ArrayList<>();
            ByteBuf wire = Unpooled.buffer();
            for (int i = 0; i < 300; i++) {
                byte[] text = new byte[random.nextInt(300)];
                random.nextBytes(text);
                Event event = new Event(1, List.of((long) i, new String(text, StandardCharsets.ISO_8859_1)));
                sent.add(event);
                line.device.writeAndFlush(event);
                wire.writeBytes(TestLine.take(line.device));
                while (random.nextInt(3) > 0 && wire.isReadable()) {
                    line.host.writeInbound(wire.readBytes(1 + random.nextInt(wire.readableBytes())));
                    line.device.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.host)));
                }
            }
            while (line.hostApplication.messages.size() < sent.size()) {
                wire.writeBytes(TestLine.take(line.device));
                line.host.writeInbound(wire.readBytes(wire.readableBytes()));
                line.passTime(5);
            }
            assertThat(line.hostApplication.messages).containsExactlyElementsOf(sent);
        }
    }

    @Test
    void impossibleConfigurationsAreRefusedByName() {
        assertThatThrownBy(() -> LinkConfig.host().withWindowFrames(128))
                .hasMessageContaining("windowFrames must be 1 to 127");
        assertThatThrownBy(() -> LinkConfig.host().withMaxPayload(255))
                .hasMessageContaining("maxPayload must be 256 to 16384");
        assertThatThrownBy(() -> LinkConfig.host().withBufferBytes(100)).hasMessageContaining("bufferBytes");
        assertThatThrownBy(() -> LinkConfig.host().withAgent("x".repeat(65))).hasMessageContaining("agent");
        assertThatThrownBy(() -> LinkConfig.host().withKeepalive(Duration.ofMillis(5)))
                .hasMessageContaining("keepalive");
    }
}
