package dev.uartnet.esp32;

import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is in every chip: its temperature, its watchdog, its reset. Lives on the device's event loop. */
final class Chip {
    private static final double CELSIUS = 40;

    private final Board board;
    private final List<String> resets = new ArrayList<>();
    private Consumer<String> reboot = why -> {};
    private double celsius = CELSIUS;
    private int watchdogMillis;
    private boolean hanging;
    private @Nullable Future<?> bite;

    Chip(Board board) {
        this.board = board;
    }

    /** @param reboot makes the device start again, for a reason as in INFO */
    void connect(Consumer<String> reboot) {
        this.reboot = reboot;
    }

    double celsius() {
        return celsius;
    }

    void celsius(double temperature) {
        celsius = temperature;
    }

    List<String> resets() {
        return List.copyOf(resets);
    }

    void reset(String why) {
        resets.add(why);
        reboot.accept(why);
    }

    int watchdogMillis() {
        return watchdogMillis;
    }

    void watchdog(int millis) {
        watchdogMillis = millis;
        watch();
    }

    /** The firmware hangs: it no longer feeds the watchdog. */
    void hang() {
        hanging = true;
        watch();
    }

    private void watch() {
        if (bite != null) {
            bite.cancel(false);
            bite = null;
        }
        if (hanging && watchdogMillis > 0) {
            bite = board.loop().after(TimeUnit.MILLISECONDS.toNanos(watchdogMillis), () -> reset(Boot.WATCHDOG));
        }
    }

    void restart() {
        hanging = false;
        watchdogMillis = 0;
        watch();
    }
}
