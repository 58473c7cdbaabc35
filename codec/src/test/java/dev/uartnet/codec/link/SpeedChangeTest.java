package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.Vectors;
import dev.uartnet.codec.link.SpeedChangeException.Reason;
import dev.uartnet.codec.link.SpeedLine.Transit;
import dev.uartnet.codec.link.SpeedProposal.Step;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.Event;
import io.netty.channel.ChannelFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every state and transition of PROTOCOL.md, section 6, in virtual time. */
class SpeedChangeTest {
    private static final int FIRST = SpeedLine.FIRST;
    private static final int FAST = 921_600;
    /** Enough for every change, whether it works or not. */
    private static final long CHANGE_MILLIS_MAX = 4_000;

    private static ChannelFuture change(SpeedLine line, int baud) {
        return line.host.writeAndFlush(new SpeedChange(baud));
    }

    private static SpeedLine changed() {
        SpeedLine line = SpeedLine.open();
        ChannelFuture change = change(line, FAST);
        line.passUntil(change, CHANGE_MILLIS_MAX);
        assertThat(change.isSuccess()).isTrue();
        line.pass(100);
        return line;
    }

    private static void bothAt(SpeedLine line, int baud) {
        assertThat(line.hostPort.baud).isEqualTo(baud);
        assertThat(line.devicePort.baud).isEqualTo(baud);
        assertThat(line.hostLink().baudRate()).isEqualTo(baud);
        assertThat(line.deviceLink().baudRate()).isEqualTo(baud);
    }

    private static void failed(ChannelFuture change, Reason reason, int stays) {
        assertThat(change.cause()).isInstanceOfSatisfying(SpeedChangeException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.baudRate()).isEqualTo(stays);
            assertThat(e).hasMessageContaining("stays at " + stays);
        });
    }

    /** The session lives, and carries messages both ways, each once. */
    private static void works(SpeedLine line) {
        int before = line.deviceApplication.messages.size();
        int beforeAtHost = line.hostApplication.messages.size();
        line.host.writeAndFlush(new Cancel(7));
        line.device.writeAndFlush(new ChannelCredit(1, 7));
        line.pass(200);
        assertThat(line.hostApplication.events(LinkEnded.class)).isEmpty();
        assertThat(line.deviceApplication.events(LinkEnded.class)).isEmpty();
        assertThat(line.deviceApplication.messages).hasSize(before + 1).endsWith(new Cancel(7));
        assertThat(line.hostApplication.messages).hasSize(beforeAtHost + 1).endsWith(new ChannelCredit(1, 7));
    }

    private static List<SpeedChanged> changes(TestLine.Application application) {
        return application.events(SpeedChanged.class);
    }

    @Test
    void theNumbersAreThoseOfTheOneTable() {
        Map<String, Integer> table = Vectors.constants("speed").stream()
                .collect(Collectors.toMap(vector -> vector.name(), vector -> vector.number(1)));
        assertThat(Arrays.stream(Step.values()).collect(Collectors.toMap(Enum::name, Step::code)))
                .isEqualTo(table);
    }

    @Test
    void bothEndsChangeOver() {
        try (SpeedLine line = SpeedLine.open()) {
            ChannelFuture change = change(line, FAST);
            long took = line.passUntil(change, CHANGE_MILLIS_MAX);
            assertThat(change.isSuccess()).isTrue();
            assertThat(took).isLessThan(60);
            line.pass(50);
            bothAt(line, FAST);
            works(line);
            SpeedChanged event = new SpeedChanged(FAST, SpeedChanged.Reason.REQUESTED);
            assertThat(changes(line.hostApplication)).containsExactly(event);
            assertThat(changes(line.deviceApplication)).containsExactly(event);
            assertThat(line.deviceLink().counters().damaged()).isZero();
            assertThat(line.hostLink().counters().damaged()).isZero();
        }
    }

    @Test
    void aSpeedCanBeChangedAgainAndBack() {
        try (SpeedLine line = changed()) {
            for (int baud : new int[] {460_800, 2_000_000, FIRST, FAST}) {
                ChannelFuture change = change(line, baud);
                line.passUntil(change, CHANGE_MILLIS_MAX);
                assertThat(change.isSuccess()).isTrue();
                line.pass(50);
                bothAt(line, baud);
                works(line);
            }
            ChannelFuture same = change(line, FAST);
            assertThat(same.isSuccess()).isTrue();
        }
    }

    @Test
    void dataWaitsMeanwhileAndArrivesOnce() {
        try (SpeedLine line = SpeedLine.open()) {
            List<Object> toDevice = new ArrayList<>();
            List<Object> toHost = new ArrayList<>();
            ChannelFuture change = null;
            for (int i = 0; i < 400; i++) {
                Event event = new Event(1, List.of((long) i, "x".repeat(i % 100)));
                toHost.add(event);
                toDevice.add(new Cancel(i));
                line.device.writeAndFlush(event);
                line.host.writeAndFlush(new Cancel(i));
                if (i % 3 == 0) {
                    line.pass(1);
                }
                if (i == 100) {
                    change = change(line, FAST);
                }
            }
            line.pass(500);
            assertThat(change).isNotNull();
            assertThat(change.isSuccess()).isTrue();
            assertThat(line.hostApplication.messages).containsExactlyElementsOf(toHost);
            assertThat(line.deviceApplication.messages).containsExactlyElementsOf(toDevice);
            assertThat(line.hostLink().counters().retransmits()).isZero();
            assertThat(line.deviceLink().counters().retransmits()).isZero();
            bothAt(line, FAST);
        }
    }

    @Test
    void aSpeedThatTheDeviceDoesNotWantIsRefused() {
        try (SpeedLine line = SpeedLine.open()) {
            line.devicePort.highest = 460_800;
            ChannelFuture change = change(line, FAST);
            assertThat(line.passUntil(change, CHANGE_MILLIS_MAX)).isLessThan(20);
            failed(change, Reason.REFUSED, FIRST);
            works(line);
            bothAt(line, FIRST);
            ChannelFuture slower = change(line, 460_800);
            line.passUntil(slower, CHANGE_MILLIS_MAX);
            assertThat(slower.isSuccess()).isTrue();
        }
    }

    @Test
    void withoutTheFeatureNothingIsProposed() {
        try (TestLine line = TestLine.open()) {
            ChannelFuture change = line.host.writeAndFlush(new SpeedChange(FAST));
            failed(change, Reason.NOT_OFFERED, FIRST);
            assertThat(TestLine.take(line.host)).isEmpty();
        }
        // A change may cost frames, so that it needs their repetition.
        try (SpeedLine line = new SpeedLine(LinkConfig.host().withFeatures(0))) {
            ChannelFuture early = change(line, FAST);
            assertThat(early.cause()).hasMessageContaining("no session");
            line.pass(50);
            failed(change(line, FAST), Reason.NOT_OFFERED, FIRST);
        }
    }

    @Test
    void oneChangeAtATime() {
        try (SpeedLine line = SpeedLine.open()) {
            ChannelFuture first = change(line, FAST);
            failed(change(line, 460_800), Reason.IN_PROGRESS, FIRST);
            line.passUntil(first, CHANGE_MILLIS_MAX);
            assertThat(first.isSuccess()).isTrue();
        }
        assertThatThrownBy(() -> new SpeedChange(1_200)).hasMessageContaining("9600 to");
    }

    static Stream<Arguments> framesOfAChange() {
        List<Arguments> cases = new ArrayList<>();
        for (int times : new int[] {1, 2, 5}) {
            cases.add(Arguments.of("PROPOSE", true, times, step(Step.PROPOSE)));
            cases.add(Arguments.of("AGREE", false, times, step(Step.AGREE)));
            cases.add(Arguments.of("TRY to the device", true, times, step(Step.TRY)));
            cases.add(Arguments.of("TRY to the host", false, times, step(Step.TRY)));
            cases.add(Arguments.of("CONFIRM to the device", true, times, step(Step.CONFIRM)));
            cases.add(Arguments.of("CONFIRM to the host", false, times, step(Step.CONFIRM)));
        }
        return cases.stream().filter(c -> !(c.get()[0].equals("AGREE") && (int) c.get()[2] > 2));
    }

    private static Predicate<Transit> step(Step step) {
        return frame -> frame.step() == step;
    }

    private static Predicate<Transit> first(int times, Predicate<Transit> which) {
        int[] left = {times};
        return frame -> which.test(frame) && left[0]-- > 0;
    }

    @ParameterizedTest(name = "{0} {2} times")
    @MethodSource("framesOfAChange")
    void anyFrameOfAChangeMayBeLost(String name, boolean toDevice, int times, Predicate<Transit> which) {
        try (SpeedLine line = SpeedLine.open()) {
            if (toDevice) {
                line.lostToDevice = first(times, which);
            } else {
                line.lostToHost = first(times, which);
            }
            line.device.writeAndFlush(new ChannelCredit(1, 1));
            ChannelFuture change = change(line, FAST);
            line.host.writeAndFlush(new Cancel(1));
            line.passUntil(change, CHANGE_MILLIS_MAX);
            assertThat(change.cause()).isNull();
            line.pass(1_100);
            bothAt(line, FAST);
            works(line);
        }
    }

    @Test
    void withoutAnAnswerNothingChanges() {
        try (SpeedLine line = SpeedLine.open()) {
            line.lostToDevice = step(Step.PROPOSE);
            ChannelFuture change = change(line, FAST);
            assertThat(line.passUntil(change, CHANGE_MILLIS_MAX)).isBetween(1_000L, 1_600L);
            failed(change, Reason.NO_ANSWER, FIRST);
            works(line);
            bothAt(line, FIRST);
        }
    }

    /** Whichever direction fails at the new speed: both go back within about half a second. */
    @ParameterizedTest
    @ValueSource(strings = {"TO_HOST", "TO_DEVICE", "BOTH"})
    void aSpeedAtWhichTheEndsDoNotHearEachOtherIsGivenUp(String direction) {
        try (SpeedLine line = SpeedLine.open()) {
            Predicate<Transit> fast = frame -> frame.baud() == FAST;
            if (!direction.equals("TO_DEVICE")) {
                line.lostToHost = fast;
            }
            if (!direction.equals("TO_HOST")) {
                line.lostToDevice = fast;
            }
            ChannelFuture change = change(line, FAST);
            line.host.writeAndFlush(new Cancel(3));
            assertThat(line.passUntil(change, CHANGE_MILLIS_MAX)).isLessThan(700);
            failed(change, Reason.NOT_HEARD, FIRST);
            line.pass(100);
            bothAt(line, FIRST);
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(3));
            works(line);
            assertThat(changes(line.hostApplication)).isEmpty();
            assertThat(changes(line.deviceApplication)).isEmpty();
        }
    }

    /** The one way in which the ends part for long: the device has confirmed, and the host never hears it. */
    @Test
    void anEndThatIsLeftAloneAtTheNewSpeedComesBack() {
        try (SpeedLine line = SpeedLine.open()) {
            line.lostToHost = step(Step.CONFIRM);
            ChannelFuture change = change(line, FAST);
            line.passUntil(change, CHANGE_MILLIS_MAX);
            failed(change, Reason.NOT_HEARD, FIRST);
            bothAt(line, FIRST);
            works(line);
            assertThat(changes(line.deviceApplication)).endsWith(new SpeedChanged(FIRST, SpeedChanged.Reason.SILENCE));
        }
    }

    @Test
    void aShortKeepaliveDoesNotEndTheSessionInATrial() {
        try (SpeedLine line = new SpeedLine(LinkConfig.host().withKeepalive(Duration.ofMillis(100)))) {
            line.pass(50);
            line.lostToHost = frame -> frame.baud() == FAST;
            ChannelFuture change = change(line, FAST);
            line.passUntil(change, CHANGE_MILLIS_MAX);
            failed(change, Reason.NOT_HEARD, FIRST);
            works(line);
        }
    }

    @Test
    void aPortThatCannotHaveTheSpeed() {
        try (SpeedLine line = SpeedLine.open()) {
            line.hostPort.possible = false;
            ChannelFuture atHost = change(line, FAST);
            line.passUntil(atHost, CHANGE_MILLIS_MAX);
            failed(atHost, Reason.NOT_POSSIBLE, FIRST);
            line.pass(600);
            bothAt(line, FIRST);
            line.hostPort.possible = true;
            line.devicePort.possible = false;
            ChannelFuture atDevice = change(line, FAST);
            line.passUntil(atDevice, CHANGE_MILLIS_MAX);
            failed(atDevice, Reason.NOT_HEARD, FIRST);
            line.pass(100);
            bothAt(line, FIRST);
            works(line);
        }
    }

    /** At whatever moment the host's program dies: the device listens at its own speed again, and serves the next host. */
    @Test
    void aHostThatDiesInTheMiddleLeavesTheDeviceAtItsOwnSpeed() {
        for (int after = 0; after <= 60; after++) {
            SpeedLine line = SpeedLine.open();
            change(line, FAST);
            line.pass(after);
            line.killHost();
            line.pass(1_700);
            assertThat(line.devicePort.baud).as("died after %d ms", after).isEqualTo(FIRST);
            line.pass(1_400);
            assertThat(line.deviceApplication.events(LinkEnded.class)).hasSize(1);
            line.host.pipeline().remove(HostLinkHandler.class);
            line.host.finishAndReleaseAll();
            try (SpeedLine next = new SpeedLine(line)) {
                next.pass(300);
                works(next);
                bothAt(next, FIRST);
            }
        }
    }

    @Test
    void aChangedSpeedEndsWithItsSession() {
        SpeedLine line = changed();
        line.host.close();
        line.pass(10);
        assertThat(line.devicePort.baud).isEqualTo(FIRST);
        assertThat(line.deviceApplication.events(LinkEnded.class)).hasSize(1);
        try (SpeedLine next = new SpeedLine(line)) {
            next.pass(20);
            works(next);
            ChannelFuture change = change(next, FAST);
            next.passUntil(change, CHANGE_MILLIS_MAX);
            assertThat(change.isSuccess()).isTrue();
        }
        line.host.finishAndReleaseAll();
    }

    @Test
    void aDeviceThatEndsASessionSaysSoAtTheSpeedInForce() {
        try (SpeedLine line = changed()) {
            line.device.writeAndFlush(new LinkReset(ResetReason.PROTOCOL, "no"));
            line.pass(10);
            assertThat(line.hostApplication.events(LinkEnded.class)).hasSize(1);
            assertThat(line.hostPort.baud).isEqualTo(FIRST);
            assertThat(line.devicePort.baud).isEqualTo(FIRST);
        }
    }

    @Test
    void aSessionThatEndsInTheMiddleFailsTheChange() {
        try (SpeedLine line = SpeedLine.open()) {
            ChannelFuture change = change(line, FAST);
            line.host.writeAndFlush(new LinkReset(ResetReason.CLOSED, "enough"));
            assertThat(change.cause()).isInstanceOfSatisfying(SpeedChangeException.class, e -> assertThat(e.reason())
                    .isEqualTo(Reason.SESSION_ENDED));
        }
    }

    @Test
    void anotherHostsHelloAtAChangedSpeedIsDropped() {
        try (SpeedLine line = changed();
                TestLine stranger = new TestLine(LinkConfig.host(), LinkConfig.device())) {
            int sent = line.sentToHost.size();
            line.device.writeInbound(io.netty.buffer.Unpooled.wrappedBuffer(TestLine.take(stranger.host)));
            line.pass(5);
            assertThat(line.sentToHost).hasSize(sent);
            works(line);
        }
    }

    // ---- a speed that turns bad

    @Test
    void aLineThatDiesAtTheChangedSpeedLosesTheSpeedNotTheSession() {
        try (SpeedLine line = changed()) {
            line.lostToHost = frame -> frame.baud() == FAST;
            line.lostToDevice = line.lostToHost;
            line.host.writeAndFlush(new Cancel(5));
            line.pass(2_400);
            assertThat(line.deviceApplication.messages).containsExactly(new Cancel(5));
            bothAt(line, FIRST);
            works(line);
            SpeedChanged event = new SpeedChanged(FIRST, SpeedChanged.Reason.SILENCE);
            assertThat(changes(line.hostApplication)).endsWith(event);
            assertThat(changes(line.deviceApplication)).endsWith(event);
        }
    }

    /** Ever more of what one direction carries at these speeds is spoilt. */
    private static Predicate<Transit> spoilt(double share, int from) {
        Random random = new Random(17);
        return frame -> frame.baud() >= from && random.nextDouble() < share;
    }

    private static void traffic(SpeedLine line, boolean toDevice, int messages) {
        for (int i = 0; i < messages; i++) {
            if (toDevice) {
                line.host.writeAndFlush(new Cancel(i));
            } else {
                line.device.writeAndFlush(new ChannelCredit(1, i));
            }
            line.pass(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSpeedThatLosesTooManyFramesIsHalved(boolean toDevice) {
        try (SpeedLine line = changed()) {
            Predicate<Transit> loses = spoilt(0.45, FAST);
            if (toDevice) {
                line.lostToDevice = loses;
            } else {
                // A lost frame is not heard at all here; a damaged one is.
                line.lostToHost = frame -> {
                    if (loses.test(frame)) {
                        frame.damage();
                    }
                    return false;
                };
            }
            traffic(line, toDevice, 600);
            line.pass(1_000);
            bothAt(line, FAST / 2);
            assertThat(changes(line.hostApplication)).endsWith(new SpeedChanged(FAST / 2, SpeedChanged.Reason.ERRORS));
            works(line);
            assertThat(toDevice ? line.deviceApplication.messages : line.hostApplication.messages)
                    .hasSize(601);
        }
    }

    @Test
    void aSpeedThatLosesSomeFramesStays() {
        try (SpeedLine line = changed()) {
            line.lostToDevice = spoilt(0.1, FAST);
            traffic(line, true, 2_000);
            line.pass(1_000);
            bothAt(line, FAST);
        }
    }

    @Test
    void whenHalfTheSpeedDoesNotWorkTheFirstOneDoes() {
        try (SpeedLine line = changed()) {
            line.lostToDevice = spoilt(0.45, FAST);
            line.devicePort.highest = FIRST;
            traffic(line, true, 1_500);
            line.pass(2_000);
            bothAt(line, FIRST);
            works(line);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomChangesOnARandomLineLoseNothing(long seed) {
        Random random = new Random(seed);
        try (SpeedLine line = SpeedLine.open()) {
            line.lostToDevice = frame -> random.nextInt(10) == 0;
            line.lostToHost = frame -> random.nextInt(10) == 0;
            List<Object> toDevice = new ArrayList<>();
            List<Object> toHost = new ArrayList<>();
            List<ChannelFuture> changes = new ArrayList<>();
            int[] speeds = {FIRST, 230_400, 460_800, FAST, 2_000_000};
            for (int i = 0; i < 500; i++) {
                toDevice.add(new Cancel(i));
                toHost.add(new ChannelCredit(2, i));
                line.host.writeAndFlush(new Cancel(i));
                line.device.writeAndFlush(new ChannelCredit(2, i));
                line.pass(random.nextInt(4));
                if (random.nextInt(40) == 0) {
                    changes.add(change(line, speeds[random.nextInt(speeds.length)]));
                }
            }
            line.lostToDevice = frame -> false;
            line.lostToHost = frame -> false;
            line.pass(6_000);
            assertThat(changes).allMatch(ChannelFuture::isDone);
            assertThat(line.hostApplication.events(LinkEnded.class)).isEmpty();
            assertThat(line.deviceApplication.messages).containsExactlyElementsOf(toDevice);
            assertThat(line.hostApplication.messages).containsExactlyElementsOf(toHost);
            bothAt(line, line.hostLink().baudRate());
        }
    }
}
