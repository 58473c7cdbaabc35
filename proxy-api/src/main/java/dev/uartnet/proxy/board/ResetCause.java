package dev.uartnet.proxy.board;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why the device booted last. */
public enum ResetCause {
    POWER_ON,
    /** By its button, its reset line, or {@link Device#hardReset}. */
    HARD,
    /** The interpreter alone: {@link Device#softReset}. */
    SOFT,
    /** The firmware hung. */
    WATCHDOG,
    DEEP_SLEEP,
    /** The device does not tell, or in words that this version does not know. */
    UNKNOWN;

    static ResetCause of(@Nullable String words) {
        for (ResetCause cause : values()) {
            if (cause.name().toLowerCase(Locale.ROOT).replace('_', ' ').equals(words)) {
                return cause;
            }
        }
        return UNKNOWN;
    }
}
