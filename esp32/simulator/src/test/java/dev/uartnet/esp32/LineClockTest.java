package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LineClockTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aByteTakesTenBits() {
        assertThat(new LineClock(9600).arrival(0, 96)).isEqualTo(SECOND / 10);
        assertThat(new LineClock(1_000_000).arrival(500, 1)).isEqualTo(10_500);
    }

    @Test
    void theRateDoesNotDependOnTheChunks() {
        for (int chunk : new int[] {1, 7, 23, 1040}) {
            LineClock clock = new LineClock(921_600);
            long last = 0;
            for (int sent = 0; sent < 92_160; sent += chunk) {
                last = clock.arrival(0, Math.min(chunk, 92_160 - sent));
            }
            assertThat(last).isEqualTo(SECOND);
        }
    }

    @Test
    void bytesWaitForThoseBeforeThem() {
        LineClock clock = new LineClock(1_000_000);

        clock.arrival(0, 100);

        assertThat(clock.arrival(10, 1)).isEqualTo(1_010_000);
    }

    @Test
    void anIdleLineStartsWhenBytesCome() {
        LineClock clock = new LineClock(1_000_000);
        clock.arrival(0, 1);

        assertThat(clock.arrival(SECOND, 1)).isEqualTo(SECOND + 10_000);
    }

    @Test
    void timesMayBeNegative() {
        LineClock clock = new LineClock(1_000_000);

        assertThat(clock.arrival(-SECOND, 1)).isEqualTo(-SECOND + 10_000);
        assertThat(clock.arrival(-SECOND, 1)).isEqualTo(-SECOND + 20_000);
    }

    @Test
    void aChunkIsWhatPassesInATime() {
        assertThat(new LineClock(921_600).bytesIn(1_000_000)).isEqualTo(92);
        assertThat(new LineClock(300).bytesIn(1_000_000)).isEqualTo(1);
    }

    @Test
    void aSpeedMustBePossible() {
        assertThatThrownBy(() -> new LineClock(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
