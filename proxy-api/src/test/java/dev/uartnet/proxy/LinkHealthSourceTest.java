package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LineBytes;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkHealth;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class LinkHealthSourceTest {
    private static final Duration TICK = Duration.ofMillis(5);

    @Test
    void aClientTellsItsHealth() throws Exception {
        try (TestLine line = TestLine.open()) {
            LinkHealth before = get(line.client.health());
            assertThat(before.established()).isTrue();
            assertThat(before.counters().sessions()).isEqualTo(1);
            for (int i = 0; i < 10; i++) {
                get(line.client.ping(new byte[500]));
            }
            LinkHealth lately = get(line.client.health()).minus(before);

            assertThat(lately.counters().payloadBytesSent()).isBetween(10 * 500L, 10 * 530L);
            assertThat(lately.counters().payloadBytesReceived()).isBetween(10 * 500L, 10 * 530L);
            assertThat(lately.counters().wireBytesSent()).isGreaterThan(10 * 512L);
            assertThat(lately.counters().framesSent()).isGreaterThanOrEqualTo(10);
            assertThat(lately.counters().sessions()).isZero();
            assertThat(lately.roundTrips().count()).isPositive();
            assertThat(lately.elapsed()).isPositive();
        }
    }

    @Test
    void aClosedClientStillTellsWhatWas() throws Exception {
        LinkHealth last;
        LinkHealth live;
        try (TestLine line = TestLine.open()) {
            get(line.client.ping());
            live = get(line.client.health());
            line.client.close().block(WAIT);
            line.client.onClose().block(WAIT); // the link's own end is a little later than its channel's
            last = get(line.client.health());
            assertThat(get(line.client.health()).counters()).isEqualTo(last.counters());
        }
        assertThat(last.established()).isFalse();
        assertThat(last.counters().sessions()).isEqualTo(1);
        assertThat(last.counters().framesSent()).isGreaterThan(live.counters().framesSent()); // the RESET
    }

    @Test
    void theDeviceTellsWhatItsEndHasCounted() throws Exception {
        try (TestLine line = TestLine.open()) {
            Map<String, Long> early = get(line.client.info()).link();
            Map<String, Long> later = get(line.client.info()).link();

            assertThat(early)
                    .containsKeys(
                            "frames", "damaged", "stale", "dropped", "duplicates", "gaps", "retransmits", "timeouts")
                    .containsEntry("damaged", 0L);
            assertThat(later.get("frames")).isGreaterThan(early.get("frames"));
            assertThatThrownBy(() -> later.put("frames", 0L)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void aHostWithSmallFramesDoesWithoutThem() throws Exception {
        try (TestLine line = TestLine.open(
                device -> device, connector -> connector.link(LinkConfig.host().withMaxPayload(256)))) {
            DeviceInfo info = get(line.client.info());
            assertThat(info.channelsMax()).isEqualTo(64);
            assertThat(info.link()).isNull();
        }
    }

    @Test
    void snapshotsComeAtOnceThenRegularlyAndEndWithTheClient() throws Exception {
        BlockingQueue<LinkHealth> items = new LinkedTransferQueue<>();
        CountDownLatch completed = new CountDownLatch(1);
        try (TestLine line = TestLine.open()) {
            line.client.health(TICK).subscribe(items::add, cause -> {}, completed::countDown);
            LinkHealth first = take(items);
            get(line.client.ping());
            long sent = get(line.client.health()).counters().framesSent();
            LinkHealth next = take(items);
            while (next.counters().framesSent() < sent) {
                next = take(items);
            }
            assertThat(next.elapsed()).isGreaterThan(first.elapsed());
            assertThat(next.established()).isTrue();
        }
        assertThat(completed.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        LinkHealth last = null;
        for (LinkHealth item : items) {
            last = item;
        }
        assertThat(last).isNotNull();
        assertThat(last.established()).isFalse();
    }

    private static LinkHealth take(BlockingQueue<LinkHealth> items) throws InterruptedException {
        LinkHealth item = items.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(item).isNotNull();
        return item;
    }

    @Test
    void aSlowSubscriberGetsTheLatestAndNoBacklog() throws Exception {
        BlockingQueue<LinkHealth> items = new LinkedTransferQueue<>();
        try (TestLine line = TestLine.open()) {
            BaseSubscriber<LinkHealth> slow = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(1);
                }

                @Override
                protected void hookOnNext(LinkHealth value) {
                    items.add(value);
                }
            };
            line.client.health(TICK).subscribe(slow);
            LinkHealth first = take(items);
            // Another subscriber sees many go by.
            List<LinkHealth> seen = new ArrayList<>();
            line.client.health(TICK).take(40).doOnNext(seen::add).blockLast(WAIT);
            assertThat(items).isEmpty();

            slow.request(2);
            LinkHealth second = take(items);
            LinkHealth third = take(items);
            // None of those that were due long ago: the one of the last tick, and the next one.
            assertThat(second.elapsed()).isGreaterThan(seen.get(4).elapsed());
            assertThat(second.elapsed()).isGreaterThan(first.elapsed());
            assertThat(third.elapsed()).isGreaterThan(second.elapsed());
            slow.cancel();
        }
    }

    @Test
    void anIntervalIsPositive() throws Exception {
        try (TestLine line = TestLine.open()) {
            assertThatThrownBy(() -> line.client.health(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> line.client.health(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void linksOneAfterTheOtherAddUp() {
        LinkHealthSource source = new LinkHealthSource();
        assertThat(get(source.snapshot()).counters()).isEqualTo(LinkCounters.NONE);
        for (int bytes : new int[] {100, 20}) {
            LinkHandler link = new HostLinkHandler(LinkConfig.host(), new LineBytes(() -> bytes, () -> 1), null);
            EmbeddedChannel channel = new EmbeddedChannel(link);
            source.started(link);
            assertThat(get(source.snapshot()).counters().wireBytesReceived()).isEqualTo(bytes == 100 ? 100 : 120);
            source.ended(link);
            source.ended(link); // counts once
            channel.finishAndReleaseAll();
        }
        assertThat(get(source.snapshot()).counters().wireBytesReceived()).isEqualTo(120);
        assertThat(get(source.snapshot()).counters().wireBytesSent()).isEqualTo(2);
        assertThat(get(source.snapshot()).counters().framesSent()).isEqualTo(2); // a HELLO each
    }
}
