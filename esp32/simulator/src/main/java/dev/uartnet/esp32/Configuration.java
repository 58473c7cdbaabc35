package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What /uartnet.json says, as far as this device heeds it; it looks at each start.
 *
 * @param ssid the network that it joins, null: none
 * @param password its password, may be empty
 * @param hostname null: the usual one
 * @param allow what hosts may do; null: the usual
 */
record Configuration(@Nullable String ssid, String password, @Nullable String hostname, @Nullable Policy allow) {
    static final String PATH = "/uartnet.json";
    private static final String PASSWORD = "password";
    /** Stands for a password that is not told. */
    private static final String SECRET = "***";

    private static final Set<String> NUMBERS = Set.of(
            "uart",
            "baud",
            "max_baud",
            "tx",
            "rx",
            "rts",
            "cts",
            "rxbuf",
            "txbuf",
            "payload",
            "keepalive",
            "channels",
            "datagram",
            "credit");
    private static final Set<String> TEXTS = Set.of("ssid", PASSWORD, "hostname", "country", "dns");
    private static final String TAKEOVER = "takeover";
    private static final String ALLOW = "allow";

    /** That of a new device, which knows the network {@value SimulatedRadio#FIRST}. */
    static byte[] text(Policy policy) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("ssid", SimulatedRadio.FIRST);
        said.put(ALLOW, policy.allowsEverything() ? Policy.EVERYTHING : policy.words());
        return bytes(said);
    }

    /** That of a device with these files; without a file, or with one that is none, the usual. */
    static Configuration of(SimulatedFiles files) {
        byte[] file = files.contents(PATH);
        if (file == null) {
            return new Configuration(null, "", null, null);
        }
        try {
            Map<?, ?> said = parse(file);
            return new Configuration(
                    said.get("ssid") instanceof String ssid && !ssid.isEmpty() ? ssid : null,
                    said.get(PASSWORD) instanceof String password ? password : "",
                    said.get("hostname") instanceof String name && !name.isEmpty() ? name : null,
                    allow(said.get(ALLOW)));
        } catch (DeviceException e) {
            return new Configuration(null, "", null, null);
        }
    }

    private static @Nullable Policy allow(@Nullable Object said) {
        if (said instanceof String word) {
            return Policy.of(word);
        }
        return said instanceof List<?> words
                ? Policy.of(words.stream().map(String::valueOf).toArray(String[]::new))
                : null;
    }

    /** What a host may read: without the passwords. */
    static byte[] masked(byte[] file) {
        try {
            Map<String, @Nullable Object> said = parse(file);
            if (said.get(PASSWORD) instanceof String password && !password.isEmpty()) {
                said.put(PASSWORD, SECRET);
            }
            return bytes(said);
        } catch (DeviceException e) {
            return new byte[0]; // whatever it is, there may be a password in it
        }
    }

    /** What a host has written, with the passwords that it did not know. */
    static byte[] unmasked(byte[] written, byte @Nullable [] before) throws DeviceException {
        Map<String, @Nullable Object> said = parse(written);
        if (!SECRET.equals(said.get(PASSWORD))) {
            return written;
        }
        Object known = before == null ? null : parse(before).get(PASSWORD);
        if (known == null) {
            said.remove(PASSWORD);
        } else {
            said.put(PASSWORD, known);
        }
        return bytes(said);
    }

    private static byte[] bytes(Map<String, ? extends @Nullable Object> said) {
        return (Json.text(said) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> parse(byte[] file) throws DeviceException {
        Object value;
        try {
            value = Json.read(new String(file, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new DeviceException(ErrorCode.BAD_REQUEST, PATH + ": " + e.getMessage());
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new DeviceException(ErrorCode.BAD_REQUEST, PATH + " must be a JSON object");
        }
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = String.valueOf(entry.getKey());
            check(key, entry.getValue());
            said.put(key, entry.getValue());
        }
        return said;
    }

    private static void check(String key, @Nullable Object value) throws DeviceException {
        boolean known = NUMBERS.contains(key) || TEXTS.contains(key) || key.equals(TAKEOVER) || key.equals(ALLOW);
        if (!known) {
            throw new DeviceException(ErrorCode.BAD_REQUEST, PATH + ": no such key: " + key);
        }
        if (value != null && !fits(key, value)) {
            throw new DeviceException(ErrorCode.BAD_REQUEST, PATH + ": not a value for " + key);
        }
    }

    private static boolean fits(String key, Object value) {
        if (NUMBERS.contains(key)) {
            return value instanceof Long || (key.equals("uart") && value.equals("usb"));
        }
        if (TEXTS.contains(key)) {
            return value instanceof String;
        }
        return key.equals(TAKEOVER) ? value instanceof Boolean : isAllow(value);
    }

    private static boolean isAllow(Object value) {
        if (value instanceof List<?> words) {
            return words.stream().allMatch(String.class::isInstance);
        }
        return value.equals(Policy.EVERYTHING) || value.equals(Policy.SOCKETS);
    }
}
