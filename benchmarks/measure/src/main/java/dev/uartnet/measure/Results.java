package dev.uartnet.measure;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run has found: the file that benchmarks/README.md describes.
 *
 * @param date of the start, as ISO 8601
 * @param commit of the checkout
 * @param how command, warm-up and repetitions in words
 */
public record Results(
        String title,
        @Nullable String date,
        @Nullable String commit,
        @Nullable String how,
        @Nullable Machine machine,
        List<Figure> figures,
        @Nullable List<Series> series) {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create();

    /** Returns what reads and writes files of this form. */
    public static Gson gson() {
        return GSON;
    }

    /** Returns the file's content. */
    public String json() {
        return GSON.toJson(this) + '\n';
    }

    /** Writes the file, and the folders above it. */
    public void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, json());
    }
}
