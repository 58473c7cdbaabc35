package dev.uartnet.esp32;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A life of the device, from one start to the next.
 *
 * @param id its random number
 * @param nanos when it began, by {@link System#nanoTime()}
 * @param reason why, as INFO's {@code reset_reason}
 * @param sockets what has happened to sockets since
 */
record Boot(int id, long nanos, String reason, SocketCounters sockets) {
    static final String POWER_ON = "power on";
    static final String HARD = "hard";
    static final String SOFT = "soft";
    static final String WATCHDOG = "watchdog";

    static Boot first(int id) {
        return new Boot(id, System.nanoTime(), POWER_ON, new SocketCounters());
    }

    Boot next(String why) {
        int random = ThreadLocalRandom.current().nextInt();
        return new Boot(random == id ? ~id : random, System.nanoTime(), why, new SocketCounters());
    }

    /** Device time: since then. */
    long micros() {
        return (System.nanoTime() - nanos) / 1000;
    }
}
