package dev.uartnet.esp32;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's arguments in their order; one of the wrong type or range is {@code BAD_REQUEST} with its name. */
final class Arguments {
    private static final int NAME_CHARS_MAX = 253; // RFC 1035, section 2.3.4, as text

    private final List<@Nullable Object> values;
    private int next;

    Arguments(List<@Nullable Object> values) {
        this.values = new ArrayList<>(values);
    }

    private @Nullable Object next() {
        return next < values.size() ? values.get(next++) : null;
    }

    /** All of them. */
    List<@Nullable Object> all() {
        return values;
    }

    /** An integer from min to max. */
    int integer(String name, int min, int max) throws DeviceException {
        return integer(name, next(), min, max);
    }

    static int integer(String name, @Nullable Object value, int min, int max) throws DeviceException {
        if (!(value instanceof Long number)) {
            throw DeviceException.badRequest(name, "must be an integer");
        }
        if (number < min || number > max) {
            throw DeviceException.badRequest(name, "must be " + min + " to " + max);
        }
        return Math.toIntExact(number);
    }

    /** An integer from min to max, of 64 bits. */
    long number(String name, long min, long max) throws DeviceException {
        if (!(next() instanceof Long number)) {
            throw DeviceException.badRequest(name, "must be an integer");
        }
        if (number < min || number > max) {
            throw DeviceException.badRequest(name, "must be " + min + " to " + max);
        }
        return number;
    }

    static Boolean flag(String name, @Nullable Object value) throws DeviceException {
        if (!(value instanceof Boolean flag)) {
            throw DeviceException.badRequest(name, "must be true or false");
        }
        return flag;
    }

    static InetAddress address(String name, @Nullable Object value) throws DeviceException {
        if (!(value instanceof byte[] bytes)) {
            throw DeviceException.badRequest(name, "must be an address");
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw DeviceException.badRequest(name, "an address has 4 or 16 bytes");
        }
    }

    /** A value of any type. */
    @Nullable
    Object any() {
        return next();
    }

    /** Any text. */
    String text(String name) throws DeviceException {
        if (!(next() instanceof String text)) {
            throw DeviceException.badRequest(name, "must be text");
        }
        return text;
    }

    /** Any text, or nil. */
    @Nullable
    String textOrNull(String name) throws DeviceException {
        Object value = next();
        if (value != null && !(value instanceof String)) {
            throw DeviceException.badRequest(name, "must be text or nil");
        }
        return (String) value;
    }

    /** The name of a Wi-Fi network, as text or as the bytes of a scan; nil. */
    @Nullable
    String ssidOrNull() throws DeviceException {
        Object value = next();
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (value != null && !(value instanceof String)) {
            throw DeviceException.badRequest("ssid", "must be text or nil");
        }
        return (String) value;
    }

    /** Whether there are arguments that have not been asked for. */
    boolean hasMore() {
        return next < values.size();
    }

    /** A host's name: a String that is neither empty nor too long. */
    String name(String name) throws DeviceException {
        return name(name, next());
    }

    static String name(String name, @Nullable Object value) throws DeviceException {
        if (!(value instanceof String text)) {
            throw DeviceException.badRequest(name, "must be a name");
        }
        if (text.isEmpty() || text.length() > NAME_CHARS_MAX) {
            throw DeviceException.badRequest(name, "must have 1 to " + NAME_CHARS_MAX + " characters");
        }
        return text;
    }

    /** A host's name (String) or an address (InetAddress). */
    Object nameOrAddress(String name) throws DeviceException {
        Object value = next();
        return value instanceof byte[] ? address(name, value) : name(name, value);
    }

    /** A host's name (String), an address (InetAddress), or nil. */
    @Nullable
    Object nameOrAddressOrNull(String name) throws DeviceException {
        Object value = next();
        if (value == null) {
            return null;
        }
        return value instanceof byte[] ? address(name, value) : name(name, value);
    }

    /** An address to bind to; nil: all that IPv4 has. */
    InetAddress localAddress(String name) throws DeviceException {
        Object value = next();
        return address(name, value == null ? new byte[4] : value);
    }

    /** True or false; false if it lacks. */
    boolean flagOrFalse(String name) throws DeviceException {
        Object value = next();
        return value != null && flag(name, value);
    }

    /** An array; empty if it lacks. */
    List<?> list(String name) throws DeviceException {
        Object value = next();
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw DeviceException.badRequest(name, "must be an array");
        }
        return list;
    }

    /** A map; empty if it lacks. */
    Map<?, ?> map(String name) throws DeviceException {
        Object value = next();
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw DeviceException.badRequest(name, "must be a map");
        }
        return map;
    }

    byte[] bytes(String name) throws DeviceException {
        if (!(next() instanceof byte[] bytes)) {
            throw DeviceException.badRequest(name, "must be bytes");
        }
        return bytes;
    }

    /** Puts the bytes of blobs in the place of their numbers: a request consumes them, also if it fails later. */
    void takeBlobs(int ofOptions, Blobs blobs, List<String> names) {
        if (ofOptions < values.size() && values.get(ofOptions) instanceof Map<?, ?> given) {
            Map<Object, @Nullable Object> options = new LinkedHashMap<>(given);
            for (String name : names) {
                if (options.get(name) instanceof Long blob) {
                    byte[] bytes = blobs.take(blob);
                    options.put(name, bytes == null ? blob : bytes);
                }
            }
            values.set(ofOptions, options);
        }
    }

    /** Options, a map, which may lack. */
    RequestOptions optionsOrNone() throws DeviceException {
        return hasMore() ? options() : new RequestOptions(Map.of());
    }

    /** Options, a map. */
    RequestOptions options() throws DeviceException {
        if (!(next() instanceof Map<?, ?> map)) {
            throw DeviceException.badRequest("options", "must be a map");
        }
        return new RequestOptions(map);
    }
}
