package dev.uartnet.esp32;

import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a device has besides its sockets, for all its sessions. Lives on the device's event loop. */
final class Board {
    private final Set<DeviceSession> sessions = new LinkedHashSet<>();
    private final DeviceLoop loop;
    private final SimulatedFiles files;
    private final SimulatedRadio radio;
    private final WifiStation wifi;
    private final SimulatedClock clock;
    private final SimulatedPins pins;
    private final Chip chip;
    private volatile Boot boot;
    private volatile Policy policy;

    Board(EventLoop eventLoop, int bootId, Policy policy, long graceNanos) {
        this.loop = new DeviceLoop(eventLoop);
        this.boot = Boot.first(bootId);
        this.policy = policy;
        files = new SimulatedFiles(loop, Configuration.text(policy));
        radio = new SimulatedRadio(loop);
        wifi = new WifiStation(this, radio, graceNanos);
        clock = new SimulatedClock(loop);
        pins = new SimulatedPins(this);
        chip = new Chip(this);
        wifi.start(configuration());
    }

    private Configuration configuration() {
        return Configuration.of(files);
    }

    /** A new life has begun: the sessions of the old one are over. */
    void restart(String why) {
        boot = boot.next(why);
        Configuration configuration = configuration();
        Policy allowed = configuration.allow();
        policy = allowed == null ? Policy.DEFAULT : allowed;
        chip.restart();
        pins.restart(!why.equals(Boot.SOFT));
        clock.restart();
        wifi.start(configuration);
    }

    Boot boot() {
        return boot;
    }

    /** Device time in microseconds. */
    long micros() {
        return boot.micros();
    }

    DeviceLoop loop() {
        return loop;
    }

    Policy policy() {
        return policy;
    }

    SimulatedFiles files() {
        return files;
    }

    SimulatedRadio radio() {
        return radio;
    }

    WifiStation wifi() {
        return wifi;
    }

    SimulatedClock clock() {
        return clock;
    }

    SimulatedPins pins() {
        return pins;
    }

    Chip chip() {
        return chip;
    }

    // ---- the sessions

    void begin(DeviceSession session) {
        sessions.add(session);
    }

    void end(DeviceSession session) {
        sessions.remove(session);
        files.end(session);
    }

    /** Tells all hosts something. */
    void tell(int event, List<@Nullable Object> args) {
        all().forEach(session -> session.send(new Event(event, args)));
    }

    void log(int level, String text) {
        tell(EventKind.LOG, List.of(level, text));
    }

    /** What needs the network ends. */
    void networkLost(DeviceException why) {
        all().forEach(session -> session.networkLost(why));
    }

    /** There is a network again, or none any more. */
    void networkChanged() {
        all().forEach(DeviceSession::networkChanged);
    }

    private List<DeviceSession> all() {
        return new ArrayList<>(sessions);
    }
}
