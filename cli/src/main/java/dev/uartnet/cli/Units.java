package dev.uartnet.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. Sizes are decimal: 1 kB is 1,000 bytes, as rates of lines are. */
final class Units {
    private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

    private Units() {}

    /** Returns a size with three figures, such as "1.23 MB". */
    static String bytes(double bytes) {
        double value = bytes;
        int unit = 0;
        // 999.5 would be shown as 1000.
        while (value >= 999.5 && unit < SIZES.length - 1) {
            value /= 1000;
            unit++;
        }
        if (unit == 0) {
            return Math.round(value) + " B";
        }
        String format = value < 9.995 ? "%.2f %s" : value < 99.95 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, format, value, SIZES[unit]);
    }

    /** Returns a number of things, such as "1 frame" or "3 frames". */
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /** Returns milliseconds with three figures behind the point, such as "1.234". */
    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e6);
    }

    /** Returns how far a clock is off, such as "1.234 s behind", in days, seconds or milliseconds. */
    static String offset(Duration offset, String positive, String negative) {
        Duration size = offset.abs();
        String direction = offset.isNegative() ? negative : positive;
        if (size.compareTo(Duration.ofSeconds(1)) < 0) {
            return millis(size) + " ms " + direction;
        }
        return size.compareTo(Duration.ofDays(2)) < 0
                ? String.format(Locale.ROOT, "%.3f s %s", size.toMillis() / 1e3, direction)
                : size.toDays() + " days " + direction;
    }

    /** Returns a time to the second, such as "1:02:03" or "0:07". */
    static String clock(Duration time) {
        long hours = time.toHours();
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
