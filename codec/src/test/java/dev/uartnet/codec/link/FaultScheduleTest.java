package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Message;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both ends of a link over a line that does anything, in virtual time: each message is delivered exactly once and in order, and
 * something is delivered as long as any byte gets through. A failure names the seed that shows it again.
 */
class FaultScheduleTest {
    private static final int MESSAGES = 25;
    private static final int SCHEDULES_EACH = 30;

    /** What one direction of a line does to bytes. */
    private static final class FaultyLine {
        private final Random random;
        private final double rate;
        private final boolean flips;
        private final boolean drops;
        private final boolean repeats;
        private final boolean bursts;

        FaultyLine(long seed) {
            random = new Random(seed);
            rate = Math.pow(10, -1.7 - 2.5 * random.nextDouble());
            flips = random.nextBoolean();
            drops = random.nextBoolean();
            repeats = random.nextBoolean();
            bursts = random.nextInt(4) == 0;
        }

        byte[] carry(byte[] bytes) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
            for (int i = 0; i < bytes.length; i++) {
                if (random.nextDouble() >= rate) {
                    out.write(bytes[i]);
                } else if (bursts && random.nextInt(4) == 0) {
                    i += random.nextInt(50); // a FIFO overran
                } else if (flips && random.nextBoolean()) {
                    out.write(bytes[i] ^ (1 << random.nextInt(8)));
                } else if (repeats && random.nextBoolean()) {
                    out.write(bytes[i]);
                    out.write(bytes[i]);
                } else if (!drops) {
                    out.write(random.nextInt(256));
                    out.write(bytes[i]);
                }
            }
            return out.toByteArray();
        }
    }

    private static Message message(Random random, int number) {
        if (random.nextInt(3) == 0) {
            return new ChannelCredit(number, random.nextInt(1_000_000));
        }
        byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 20 : 200)];
        random.nextBytes(bytes);
        return new ChannelData(number, Unpooled.wrappedBuffer(bytes));
    }

    private static String describe(Object message) {
        try {
            return message instanceof ChannelData data
                    ? data.channel() + ":" + ByteBufUtil.hexDump(data.content())
                    : message.toString();
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everyMessageArrivesOnceAndInOrder(int block) {
        long repeated = 0;
        for (long seed = (long) block * SCHEDULES_EACH; seed < (block + 1L) * SCHEDULES_EACH; seed++) {
            repeated += schedule(seed);
        }
        // Otherwise the lines were too good for this test to show anything.
        assertThat(repeated).isGreaterThan(SCHEDULES_EACH);
    }

    private static long schedule(long seed) {
        Random random = new Random(~seed);
        LinkConfig config = LinkConfig.host()
                .withKeepalive(Duration.ofSeconds(20)) // no line is silent here for so long
                .withConnectTimeout(Duration.ofMinutes(5))
                .withMaxPayload(256)
                .withWindowFrames(2 + random.nextInt(30))
                .withBufferBytes(528 + random.nextInt(4_000));
        try (TestLine line = new TestLine(config, config.withWindowFrames(2 + random.nextInt(30)))) {
            FaultyLine down = new FaultyLine(2 * seed);
            FaultyLine up = new FaultyLine(2 * seed + 1);
            line.toDevice = down::carry;
            line.toHost = up::carry;
            for (int i = 0; line.hostApplication.events(LinkEstablished.class).isEmpty(); i++) {
                assertThat(i).as("250 ms without a session, seed %d", seed).isLessThan(400);
                line.passTime(250);
            }
            // The device learns of the session by the first frame with its tag.
            List<String> sentDown = new ArrayList<>();
            List<String> sentUp = new ArrayList<>();
            List<String> gotDown = new ArrayList<>();
            List<String> gotUp = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                write(line, true, message(random, i), sentDown);
                if (line.deviceLink().session() != null) {
                    write(line, false, message(random, i), sentUp);
                }
                if (random.nextBoolean()) {
                    line.settle();
                }
            }
            for (int i = 0; gotDown.size() < sentDown.size() || gotUp.size() < sentUp.size(); i++) {
                assertThat(i)
                        .as(
                                "100 ms without progress, seed %d: %d of %d and %d of %d arrived, host %s, device %s",
                                seed,
                                gotDown.size(),
                                sentDown.size(),
                                gotUp.size(),
                                sentUp.size(),
                                line.hostLink().counters(),
                                line.deviceLink().counters())
                        .isLessThan(6_000);
                line.passTime(100);
                drain(line.deviceApplication, gotDown);
                drain(line.hostApplication, gotUp);
            }
            line.passTime(1_000);
            drain(line.deviceApplication, gotDown);
            drain(line.hostApplication, gotUp);
            assertThat(gotDown).as("seed %d", seed).isEqualTo(sentDown);
            assertThat(gotUp).as("seed %d", seed).isEqualTo(sentUp);
            assertThat(line.hostApplication.events(LinkEnded.class))
                    .as("seed %d", seed)
                    .isEmpty();
            return line.hostLink().counters().retransmits()
                    + line.deviceLink().counters().retransmits();
        }
    }

    private static void write(TestLine line, boolean down, Message message, List<String> sent) {
        ReferenceCountUtil.retain(message);
        sent.add(describe(message));
        (down ? line.host : line.device).writeAndFlush(message);
    }

    private static void drain(TestLine.Application application, List<String> into) {
        for (Object message = application.messages.poll(); message != null; message = application.messages.poll()) {
            into.add(describe(message));
        }
    }
}
