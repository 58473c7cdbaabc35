package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a host may do besides sockets: the configuration's "allow" (PROTOCOL.md, section 8). */
final class Policy {
    static final String WIFI = "wifi";
    static final String CLOCK = "clock";
    static final String PINS = "pins";
    static final String DEVICE = "device";
    static final String FILES = "files";
    static final String EXEC = "exec";
    static final String EVERYTHING = "everything";
    /** Nothing more than what is always allowed. */
    static final String SOCKETS = "sockets";

    private static final Set<String> GROUPS = Set.of(WIFI, CLOCK, PINS, DEVICE, FILES);

    static final Policy DEFAULT = Policy.of(WIFI, CLOCK, PINS, DEVICE);

    private final Set<String> words;

    private Policy(Set<String> words) {
        this.words = words;
    }

    /** Groups of operations, {@code exec}, names of modules, or one of the words {@code everything} and {@code sockets}. */
    static Policy of(String... words) {
        Set<String> all = new LinkedHashSet<>(Arrays.asList(words));
        if (all.contains(EVERYTHING)) {
            return new Policy(Set.of(EVERYTHING));
        }
        all.remove(SOCKETS);
        return new Policy(all);
    }

    /** Whether a host may use a group of operations, or import a module. */
    boolean allows(String word) {
        return words.contains(word) || allowsEverything();
    }

    /** Whether there may be remote objects: code, or some module. */
    boolean allowsObjects() {
        return !GROUPS.containsAll(words);
    }

    Policy and(Set<String> more) {
        Set<String> all = new LinkedHashSet<>(words);
        all.addAll(more);
        return new Policy(all);
    }

    boolean allowsEverything() {
        return words.contains(EVERYTHING);
    }

    /** What is said to a host that asked for it nevertheless. */
    static DeviceException refusal(String word) {
        return new DeviceException(ErrorCode.NOT_ALLOWED, word + " is not in \"allow\" of /uartnet.json");
    }

    /** As INFO tells. */
    List<String> words() {
        return List.copyOf(words);
    }
}
