package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LineClockTest {
    private static final long SECOND = 1_000_000_000L;

    /** Sends some bytes that are there at that time; returns when they have arrived. */
    private static long send(LineClock clock, long nanos, int bytes) {
        clock.startAt(nanos);
        clock.advance(bytes);
        return clock.arrival(0);
    }

    @Test
    void aByteTakesTenBits() {
        assertThat(send(new LineClock(9600), 0, 96)).isEqualTo(SECOND / 10);
        assertThat(send(new LineClock(1_000_000), 500, 1)).isEqualTo(10_500);
    }

    @Test
    void theRateDoesNotDependOnTheChunks() {
        for (int chunk : new int[] {1, 7, 23, 1040}) {
            LineClock clock = new LineClock(921_600);
            long last = 0;
            for (int sent = 0; sent < 92_160; sent += chunk) {
                last = send(clock, 0, Math.min(chunk, 92_160 - sent));
            }
            assertThat(last).isEqualTo(SECOND);
        }
    }

    @Test
    void bytesWaitForThoseBeforeThem() {
        LineClock clock = new LineClock(1_000_000);

        send(clock, 0, 100);

        assertThat(send(clock, 10, 1)).isEqualTo(1_010_000);
    }

    @Test
    void anIdleLineStartsWhenBytesCome() {
        LineClock clock = new LineClock(1_000_000);
        send(clock, 0, 1);

        assertThat(send(clock, SECOND, 1)).isEqualTo(SECOND + 10_000);
    }

    @Test
    void timesMayBeNegative() {
        LineClock clock = new LineClock(1_000_000);

        assertThat(send(clock, -SECOND, 1)).isEqualTo(-SECOND + 10_000);
        assertThat(send(clock, -SECOND, 1)).isEqualTo(-SECOND + 20_000);
    }

    @Test
    void bytesArriveOneByOneAndNoneTooEarly() {
        for (int baud : new int[] {300, 115_200, 921_600, 3_000_000, 20_000_000}) {
            LineClock clock = new LineClock(baud);
            clock.startAt(123);
            clock.advance(17);
            for (int bytes = 1; bytes <= 5000; bytes += 7) {
                long time = clock.arrival(bytes);

                assertThat(clock.arrived(time, 5000)).isEqualTo(bytes);
                assertThat(clock.arrived(time - 1, 5000)).isEqualTo(bytes - 1);
                assertThat(clock.arrived(time, bytes - 1)).isEqualTo(bytes - 1);
            }
            assertThat(clock.arrived(0, 5000)).isZero();
            assertThat(clock.arrived(Long.MAX_VALUE / 2, 5000)).isEqualTo(5000);
        }
    }

    @Test
    void theSpeedMayChangeBetweenBytes() {
        LineClock clock = new LineClock(9600);
        send(clock, 0, 96);
        clock.speed(1_000_000);

        assertThat(send(clock, 0, 10)).isEqualTo(SECOND / 10 + 100_000);
    }

    @Test
    void bytesOfATimeAreCounted() {
        assertThat(LineClock.bytesIn(1_000_000, 921_600)).isEqualTo(92);
        assertThat(LineClock.bytesIn(1_000_000, 300)).isZero();
    }

    @Test
    void aSpeedMustBePossible() {
        assertThatThrownBy(() -> new LineClock(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LineClock(9600).speed(20_000_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
