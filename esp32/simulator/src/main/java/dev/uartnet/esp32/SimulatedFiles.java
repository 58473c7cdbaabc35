package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a virtual device, in memory, scripted by a test. A path is absolute, with {@code /} between its parts. At first there
 * is {@code /uartnet.json}, the device's configuration: of which {@code ssid}, {@code password}, {@code hostname} and {@code allow} are heeded
 * at the device's next start.
 *
 * <p>Any thread may call; each call waits for the device's event loop.
 */
public final class SimulatedFiles {
    private static final long BYTES_MAX = 2 << 20;
    /** What flash sets aside for each file. */
    private static final int FILE_OVERHEAD = 128;

    private static final class Contents {
        final byte[] bytes;
        final long modified;

        Contents(byte[] bytes, long modified) {
            this.bytes = bytes;
            this.modified = modified;
        }
    }

    private final DeviceLoop loop;
    private final NavigableMap<String, Contents> files = new TreeMap<>();
    private final NavigableSet<String> directories = new TreeSet<>();
    private long capacity = BYTES_MAX;
    /** The file that is being written. */
    private @Nullable String writing;

    private @Nullable DeviceSession writer;
    private ByteArrayOutputStream written = new ByteArrayOutputStream();

    SimulatedFiles(DeviceLoop loop, byte[] configuration) {
        this.loop = loop;
        put(Configuration.PATH, configuration);
    }

    /** Puts a file there, with the directories that lack; in the place of one that is there. */
    public void write(String path, byte[] contents) {
        byte[] copy = contents.clone();
        loop.run(() -> put(path, copy));
    }

    /** Puts a file there, in UTF-8. */
    public void write(String path, String contents) {
        write(path, contents.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what is in a file, null if there is none. */
    public byte @Nullable [] read(String path) {
        return loop.call(() -> contents(path));
    }

    /** Removes a file; whether there was one. */
    public boolean remove(String path) {
        return loop.call(() -> files.remove(path) != null);
    }

    /** How many bytes all files together may have, 128 for each besides its own. Default 2 MiB. */
    public void capacity(long bytes) {
        loop.run(() -> capacity = bytes);
    }

    // ---- for the device

    private void put(String path, byte[] contents) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            directories.add(path.substring(0, slash));
        }
        files.put(path, new Contents(contents, Instant.now().getEpochSecond()));
    }

    byte @Nullable [] contents(String path) {
        Contents file = files.get(path);
        return file == null ? null : file.bytes.clone();
    }

    boolean isDirectory(String path) {
        return path.equals("/") || directories.contains(path);
    }

    /** What is in a directory: arrays as FILE_LIST gives them. */
    Iterator<Object> list(String path) throws DeviceException {
        if (!isDirectory(path)) {
            throw files.containsKey(path) ? DeviceException.badRequest("path", path + " is no directory") : lacks(path);
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        String prefix = path.equals("/") ? "/" : path + "/";
        for (String directory : directories) {
            if (isIn(prefix, directory)) {
                String name = directory.substring(prefix.length());
                List<@Nullable Object> entry = new ArrayList<>(List.of(name, true, 0L));
                entry.add(null);
                entries.put(name, entry);
            }
        }
        files.forEach((file, contents) -> {
            if (isIn(prefix, file)) {
                String name = file.substring(prefix.length());
                entries.put(name, List.of(name, false, contents.bytes.length, contents.modified));
            }
        });
        return entries.values().iterator();
    }

    private static boolean isIn(String prefix, String path) {
        return path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0;
    }

    /** Puts bytes behind those of the new contents; returns how many these have now. */
    long append(DeviceSession session, String path, long position, byte[] bytes, boolean last) throws DeviceException {
        if (isDirectory(path)) {
            throw DeviceException.badRequest("path", path + " is a directory");
        }
        if (position == 0) {
            forget(); // what was begun before is given up: one file is written at a time
            writing = path;
            writer = session;
        } else if (!path.equals(writing) || !session.equals(writer) || position != written.size()) {
            long size = path.equals(writing) && session.equals(writer) ? written.size() : 0;
            throw DeviceException.badRequest(
                    "position", "the new contents of " + path + " have " + size + " bytes so far");
        }
        if (used() + written.size() + bytes.length + FILE_OVERHEAD > capacity) {
            forget();
            throw new DeviceException(ErrorCode.FILE_NO_SPACE, "no space left for " + path, 28);
        }
        written.writeBytes(bytes);
        long size = written.size();
        if (last) {
            byte[] contents = written.toByteArray();
            forget();
            put(path, path.equals(Configuration.PATH) ? Configuration.unmasked(contents, contents(path)) : contents);
        }
        return size;
    }

    private long used() {
        return files.values().stream()
                .mapToLong(file -> file.bytes.length + FILE_OVERHEAD)
                .sum();
    }

    private void forget() {
        writing = null;
        writer = null;
        written = new ByteArrayOutputStream();
    }

    /** A session has ended: what it has not finished is gone. */
    void end(DeviceSession session) {
        if (session.equals(writer)) {
            forget();
        }
    }

    void delete(String path) throws DeviceException {
        if (files.remove(path) != null) {
            return;
        }
        if (!directories.contains(path)) {
            throw lacks(path);
        }
        if (list(path).hasNext()) {
            throw DeviceException.badRequest("path", path + " is not empty");
        }
        directories.remove(path);
    }

    static DeviceException lacks(String path) {
        return new DeviceException(ErrorCode.FILE_NOT_FOUND, "no such file: " + path, 2);
    }
}
