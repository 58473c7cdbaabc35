package dev.uartnet.proxy.board;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory of the device ({@link DeviceFiles#list}).
 *
 * @param name in its directory
 * @param directory whether it is one
 * @param size in bytes; 0 for a directory
 * @param modified when it was written, in seconds, by the device's clock at that time; null if the device does not tell
 */
public record DeviceFile(String name, boolean directory, long size, @Nullable Instant modified) {
    static DeviceFile of(Optional<Object> item) {
        Answer file = Answer.ofItem("list of files", item);
        Long size = file.number(2);
        Long modified = file.number(3);
        return new DeviceFile(
                file.requiredText(0),
                file.requiredFlag(1),
                size == null ? 0 : size,
                modified == null ? null : Instant.ofEpochSecond(modified));
    }
}
