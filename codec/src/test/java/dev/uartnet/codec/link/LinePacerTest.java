package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Demand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New frames go as fast as the line takes them, in virtual time. */
class LinePacerTest {
    private static final int BAUD = 1_000_000;
    private static final int BYTES_PER_MILLI = BAUD / 10 / 1_000;
    /** Of a full frame: END, header, payload, CRC, END. */
    private static final int FULL_FRAME = 1 + 4 + 1_032 + 4 + 1;

    private static ChannelData data(int bytes) {
        return new ChannelData(0, Unpooled.buffer().writeZero(bytes));
    }

    private static ChannelData random(Random random) {
        byte[] bytes = new byte[1_026];
        random.nextBytes(bytes);
        return new ChannelData(0, Unpooled.wrappedBuffer(bytes));
    }

    private static void release(TestLine.Application application) {
        application.messages.forEach(message -> {
            if (message instanceof ChannelData data) {
                data.release();
            }
        });
        application.messages.clear();
    }

    private static TestLine open(int baud) {
        TestLine line = new TestLine(
                LinkConfig.host().withBaudRate(baud), LinkConfig.device().withBaudRate(baud));
        line.settle();
        return line;
    }

    private static List<ChannelFuture> write(EmbeddedChannel channel, int frames) {
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            writes.add(channel.writeAndFlush(data(1_026)));
        }
        return writes;
    }

    private static long done(List<ChannelFuture> writes) {
        return writes.stream().filter(ChannelFuture::isSuccess).count();
    }

    /** One direction of a line of {@link #BAUD}. */
    private static final class Wire {
        private final ByteBuf queue = Unpooled.buffer();
        int longest;
        int idleMillis;

        void pass(EmbeddedChannel from, EmbeddedChannel to) {
            queue.writeBytes(TestLine.take(from));
            longest = Math.max(longest, queue.readableBytes());
            int leaving = Math.min(BYTES_PER_MILLI, queue.readableBytes());
            if (leaving < BYTES_PER_MILLI) {
                idleMillis++;
            }
            if (leaving > 0) {
                to.writeInbound(Unpooled.copiedBuffer(queue.readSlice(leaving)));
            }
            queue.discardReadBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLineIsNeverIdleAndTheQueueBeforeItIsShort(boolean bothWays) {
        try (TestLine line = open(BAUD)) {
            Random random = new Random(5);
            int frames = 300;
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < frames; i++) {
                writes.add(line.host.writeAndFlush(random(random)));
                if (bothWays) {
                    writes.add(line.device.writeAndFlush(random(random)));
                }
            }
            Wire down = new Wire();
            Wire up = new Wire();
            int millis = 0;
            while (done(writes) < writes.size()) {
                line.host.advanceTimeBy(1, TimeUnit.MILLISECONDS);
                line.device.advanceTimeBy(1, TimeUnit.MILLISECONDS);
                line.host.runScheduledPendingTasks();
                line.device.runScheduledPendingTasks();
                down.pass(line.host, line.device);
                up.pass(line.device, line.host);
                assertThat(++millis).isLessThan(10_000);
            }
            // Two and a half frames with what SLIP adds.
            assertThat(down.longest).isLessThan(FULL_FRAME * 11 / 4);
            assertThat(down.idleMillis).isLessThan(millis / 100 + 1);
            if (bothWays) {
                assertThat(up.longest).isLessThan(FULL_FRAME * 11 / 4);
                assertThat(up.idleMillis).isLessThan(millis / 100 + 1);
                // Acknowledgements ride on the data: a frame of their own at the ends only.
                assertThat(line.hostLink().counters().framesSent()).isLessThan(frames + frames / 20);
                assertThat(line.deviceLink().counters().framesSent()).isLessThan(frames + frames / 20);
            }
            assertThat(line.hostLink().counters().retransmits()).isZero();
            assertThat(line.deviceLink().counters().retransmits()).isZero();
            release(line.hostApplication);
            release(line.deviceApplication);
        }
    }

    @Test
    void whatIsHeldGoesByTheTimerAndIsFlushed() {
        try (TestLine line = open(BAUD)) {
            List<ChannelFuture> writes = write(line.host, 8);
            assertThat(done(writes)).isEqualTo(2);
            TestLine.take(line.host);
            // When the line has taken half of the first frame, there are 1.5 frames before it (SLIP may add a few
            // bytes).
            long tenth = FULL_FRAME * 10L / 10;
            pass(line.host, 4 * tenth);
            assertThat(TestLine.take(line.host)).isEmpty();
            pass(line.host, 2 * tenth);
            assertThat(TestLine.take(line.host)).hasSizeBetween(FULL_FRAME, FULL_FRAME + 10);
            for (int sent = 4; sent <= 6; sent++) {
                pass(line.host, 8 * tenth);
                assertThat(TestLine.take(line.host)).isEmpty();
                pass(line.host, 2 * tenth);
                assertThat(TestLine.take(line.host)).hasSizeBetween(FULL_FRAME, FULL_FRAME + 10);
                assertThat(done(writes)).isEqualTo(sent);
            }
            pass(line.host, 20 * tenth);
            assertThat(done(writes)).isEqualTo(6); // the pipe is full
        }
    }

    private static void pass(EmbeddedChannel channel, long micros) {
        channel.advanceTimeBy(micros, TimeUnit.MICROSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aLineThatIsFasterThanItSaysIsNotPaced() {
        try (TestLine line = open(BAUD)) {
            List<ChannelFuture> writes = write(line.host, 40);
            assertThat(done(writes)).isEqualTo(2);
            line.settle(); // without time
            assertThat(done(writes)).isEqualTo(40);
            assertThat(done(write(line.host, 10))).isEqualTo(6);
            line.settle();
            assertThat(line.hostLink().counters().retransmits()).isZero();
            release(line.deviceApplication);
        }
    }

    @Test
    void oneShortMessageAndItsAnswerShowIt() {
        try (TestLine line = open(BAUD)) {
            line.host.writeAndFlush(new Cancel(1));
            line.settle();
            line.device.writeAndFlush(new Demand(1, 1));
            line.settle();
            assertThat(done(write(line.host, 10))).isEqualTo(6);
        }
    }

    @Test
    void anAcknowledgementThatTakesAsLongAsTheLineShowsNothing() {
        try (TestLine line = open(BAUD)) {
            write(line.host, 2);
            byte[] sent = TestLine.take(line.host);
            line.host.advanceTimeBy(2 * FULL_FRAME * 10L * 4 / 5, TimeUnit.MICROSECONDS);
            line.device.writeInbound(Unpooled.wrappedBuffer(sent));
            line.settle();
            assertThat(line.hostLink().sendWindow().isEmpty()).isTrue();
            assertThat(done(write(line.host, 10))).isLessThan(6);
            release(line.deviceApplication);
        }
    }

    @Test
    void answersAndRepetitionsAreNotHeld() {
        try (TestLine line = open(BAUD)) {
            List<ChannelFuture> writes = write(line.host, 1);
            TestLine.take(line.host); // lost
            writes.addAll(write(line.host, 7));
            assertThat(done(writes)).isEqualTo(2);
            byte[] second = TestLine.take(line.host);
            long before = line.hostLink().counters().framesSent();
            line.deviceLink().frames.sendNow(FrameType.PROBE);
            line.host.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.device)));
            assertThat(line.hostLink().counters().framesSent()).isEqualTo(before + 1);
            pass(line.host, 2 * FULL_FRAME * 10L);
            assertThat(done(writes)).isEqualTo(4); // and no more now
            line.device.writeInbound(Unpooled.wrappedBuffer(second));
            line.host.writeInbound(Unpooled.wrappedBuffer(TestLine.take(line.device)));
            assertThat(line.hostLink().counters().retransmits()).isEqualTo(1);
            assertThat(done(writes)).isEqualTo(4);
        }
    }

    @Test
    void aChangeOfSpeedBeginsPacedAgain() {
        try (SpeedLine line = SpeedLine.open()) {
            // This line takes 2 ms for anything: it is faster than 115,200, and not paced.
            List<ChannelFuture> writes = write(line.host, 20);
            line.pass(200);
            assertThat(done(writes)).isEqualTo(20);
            assertThat(done(write(line.host, 10))).isEqualTo(6);
            line.pass(200);
            ChannelFuture change = line.host.writeAndFlush(new SpeedChange(921_600));
            line.passUntil(change, 4_000);
            assertThat(change.isSuccess()).isTrue();
            writes = write(line.host, 20);
            assertThat(done(writes)).isEqualTo(2);
            line.pass(50);
            assertThat(done(writes)).isEqualTo(20);
            release(line.deviceApplication);
        }
    }

    /** Its own frames are acknowledgements only: nothing shows this end that its line is faster than it says. */
    @Test
    void whoHasReceivedMegabytesIsNotHeldForTheTimeOfTheirAcknowledgements() {
        try (TestLine line = open(BAUD)) {
            int frames = 2_000;
            write(line.device, frames);
            line.settle(); // without time
            assertThat(line.hostApplication.messages).hasSize(frames);
            release(line.hostApplication);
            List<ChannelFuture> writes = write(line.host, 1);
            pass(line.host, 3 * 2 * FULL_FRAME * 10L);
            assertThat(done(writes)).isEqualTo(1);
            line.settle();
            release(line.deviceApplication);
        }
    }

    @Test
    void theSessionsEndEndsTheWaiting() {
        try (TestLine line = open(BAUD)) {
            List<ChannelFuture> writes = write(line.host, 8);
            assertThat(done(writes)).isEqualTo(2);
            line.host.writeAndFlush(new LinkReset(ResetReason.PROTOCOL, "enough"));
            assertThat(writes.get(7).cause()).isInstanceOf(FrameNotSentException.class);
            TestLine.take(line.host);
            assertThat(line.host.runScheduledPendingTasks())
                    .as("no timer is left")
                    .isEqualTo(-1);
            assertThat(TestLine.take(line.host)).isEmpty();
        }
    }
}
