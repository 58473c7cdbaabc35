package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "999.4, 999 B",
        "999.6, 1.00 kB",
        "1000, 1.00 kB",
        "9994, 9.99 kB",
        "9996, 10.0 kB",
        "99960, 100 kB",
        "999600, 1.00 MB",
        "92160, 92.2 kB",
        "20000000, 20.0 MB",
        "5e12, 5.00 TB",
        "5e15, 5000 TB"
    })
    void sizesHaveThreeFigures(double bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00", "7.9, 0:07", "61, 1:01", "3599, 59:59", "3661, 1:01:01"})
    void timesAreClocks(double seconds, String text) {
        assertThat(Units.clock(Duration.ofMillis((long) (seconds * 1000)))).isEqualTo(text);
    }

    @Test
    void aProgressLineTellsShareBytesRateAndTimeLeft() {
        assertThat(ProgressBar.line(250_000, 1_000_000, Duration.ofSeconds(5), 80))
                .isEqualTo(" 25% [=======>                       ]  250 kB of 1.00 MB  50.0 kB/s  0:15 left");
        assertThat(ProgressBar.line(1_000_000, 1_000_000, Duration.ofSeconds(10), 80))
                .startsWith("100% [====")
                .doesNotContain(">")
                .endsWith("1.00 MB of 1.00 MB  100 kB/s  0:10");
        assertThat(ProgressBar.line(0, 1_000_000, Duration.ZERO, 80)).startsWith("  0% [>");
        assertThat(ProgressBar.line(250_000, -1, Duration.ofSeconds(5), 80)).isEqualTo("250 kB  50.0 kB/s  0:05");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 40, 60, 80, 200})
    void aProgressLineNeverFillsTheTerminalsLastColumn(int columns) {
        assertThat(ProgressBar.line(123_456, 20_000_000, Duration.ofSeconds(3), columns)
                        .length())
                .isLessThan(columns);
    }

    @Test
    void progressIsDrawnTenTimesASecondAndLeftStandingAtTheEnd() {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        AtomicLong now = new AtomicLong();
        ProgressBar bar = new ProgressBar(new PrintStream(screen, true, StandardCharsets.UTF_8), 80, 1000, now::get);

        for (int i = 1; i <= 1000; i++) {
            now.addAndGet(1_000_000);
            bar.update(i);
        }
        bar.end();
        bar.end();

        String text = screen.toString(StandardCharsets.UTF_8);
        assertThat(text.split("\r", -1)).hasSize(12); // nothing before the first, 10 in a second, the end's
        assertThat(text).endsWith(System.lineSeparator()).containsOnlyOnce(System.lineSeparator());
        assertThat(text.substring(text.lastIndexOf('\r'))).contains("100%").contains("1.00 kB of 1.00 kB");
    }

    @Test
    void aBarThatWasNeverDrawnLeavesNothing() {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();

        new ProgressBar(new PrintStream(screen, true, StandardCharsets.UTF_8), 80, 10, System::nanoTime).end();

        assertThat(screen.size()).isZero();
    }

    @Test
    void roundTripsHaveAMedianAndADeviation() {
        RoundTrips times = new RoundTrips();
        for (int millis : new int[] {7, 1, 3, 5}) {
            times.add(Duration.ofMillis(millis));
        }

        assertThat(times.min()).isEqualTo(Duration.ofMillis(1));
        assertThat(times.max()).isEqualTo(Duration.ofMillis(7));
        assertThat(times.median()).isEqualTo(Duration.ofMillis(4));
        assertThat(times.mean()).isEqualTo(Duration.ofMillis(4));
        assertThat(times.deviation()).isEqualTo(Duration.ofNanos(2_236_068)); // the square root of 5 ms²
        times.add(Duration.ofMillis(100));
        assertThat(times.median()).isEqualTo(Duration.ofMillis(5));
    }
}
