package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.RoundTripHistogram;
import dev.uartnet.codec.link.Session;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinkReportTest {
    private static final LinkCounters CLEAN =
            new LinkCounters(1, 9, 8, 700, 600, 900, 800, 0, 0, 2, 3, 0, 0, 0, 0, 0, Duration.ZERO);
    private static final LinkCounters DIRTY =
            new LinkCounters(1, 1, 1, 700, 600, 900, 800, 1, 2, 2, 3, 4, 5, 6, 1, 1, Duration.ofMillis(12));
    private static final Session SESSION =
            new Session(1, 2, 3, 0, 64, 8320, 1032, 1000, Feature.RETRANSMIT, "an agent");

    private static LinkHealth health(LinkCounters counters) {
        return new LinkHealth(Duration.ofSeconds(1), true, 0, counters, RoundTripHistogram.NONE);
    }

    @Test
    void aSummaryTellsFaultsOnlyIfThereAreAny() {
        assertThat(LinkReport.summary(health(CLEAN))).containsExactly("link: 9 frames sent, 8 received");
        assertThat(LinkReport.summary(health(DIRTY)))
                .containsExactly(
                        "link: 1 frame sent, 1 received",
                        "link: 6 retransmits (1 by timeout), 1 CRC error, 2 resyncs, 4 gaps, 5 duplicates, "
                                + "1 window stall (12.000 ms)");
    }

    @Test
    void aSectionTellsAll() {
        Map<String, Long> device = new LinkedHashMap<>();
        device.put("frames", 1L);
        device.put("damaged", 1L);
        device.put("seen_twice", 7L);
        device.put("gaps", 0L);

        Map<String, String> section = LinkReport.section(SESSION, 921_600, health(CLEAN), device);

        assertThat(section)
                .containsExactly(
                        Map.entry("link", "921600 baud, keepalive 1000 ms, retransmit"),
                        Map.entry("  window", "64 frames, 8320 bytes, payload of a frame up to 1032 bytes"),
                        Map.entry(
                                "  host",
                                "9 frames sent, 8 received, 0 retransmits (0 by timeout), 0 CRC errors, 0 resyncs, "
                                        + "0 gaps, 0 duplicates, 0 window stalls (0.000 ms), 2 stale, 3 ignored"),
                        Map.entry("  device", "1 frame, 1 damaged, 7 seen twice, 0 gaps"),
                        Map.entry("  bytes", "900 sent (700 of messages), 800 received (600 of messages)"));
        assertThat(LinkReport.section(SESSION, null, health(CLEAN), null))
                .containsEntry("link", "keepalive 1000 ms, retransmit")
                .doesNotContainKey("  device");
    }

    @Test
    void infoShowsBothEnds() {
        InProcess info = InProcess.run("info", "--port", "sim");

        assertThat(info.errors()).isEmpty();
        assertThat(info.output().lines())
                .anyMatch(line -> line.matches("link: {5}115200 baud, keepalive 1000 ms.*"))
                .anyMatch(line -> line.matches(" {2}window: 64 frames, [0-9]+ bytes, payload .*"))
                .anyMatch(line ->
                        line.matches(" {2}host: {3}[0-9]+ frames sent, [0-9]+ received, [0-9]+ retransmits? .*"))
                .anyMatch(line -> line.matches(" {2}device: [0-9]+ frames, 0 damaged, 0 stale, 0 dropped, .*"))
                .anyMatch(line -> line.matches(" {2}bytes: {2}[0-9]+ sent \\([0-9]+ of messages\\), .*"))
                .anyMatch(line -> line.matches(" {2}times: {2}round trip min/p50/p99/max = .* ms"))
                .noneMatch(line -> line.startsWith("link: ") && line.contains("{"));
    }
}
