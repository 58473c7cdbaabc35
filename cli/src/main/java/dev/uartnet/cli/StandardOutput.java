package dev.uartnet.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;

/**
 * Standard output, for bytes and for lines. Unlike {@code System.out} it tells when it fails, so that a command ends when nobody
 * reads it any more. Nothing is held back: what was written is out.
 */
final class StandardOutput {
    private static final int LABEL_WIDTH = 10;

    private final OutputStream stream;
    private final Charset charset;

    /**
     * Writes to a stream.
     *
     * @param charset of lines
     */
    StandardOutput(OutputStream stream, Charset charset) {
        this.stream = stream;
        this.charset = charset;
    }

    void write(byte[] bytes) throws IOException {
        try {
            stream.write(bytes);
            stream.flush();
        } catch (IOException e) {
            // EPIPE has no type of its own: "Broken pipe"; on Windows "The pipe is being closed".
            if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
                throw new OutputClosedException(e);
            }
            throw new IOException("cannot write to standard output: " + e.getMessage(), e);
        }
    }

    /** Writes one line, whatever the text: it may come from the device or the network. */
    void line(String text) throws IOException {
        ownText(Printable.line(text));
    }

    /** Writes values with labels, each on a line, below each other. */
    void labelled(Map<String, String> values) throws IOException {
        for (Map.Entry<String, String> value : values.entrySet()) {
            String label = value.getKey() + ":";
            line(label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length())) + value.getValue());
        }
    }

    /** Writes text of our own as it is, which may be several lines, and a line's end. */
    void ownText(String text) throws IOException {
        write((text + System.lineSeparator()).getBytes(charset));
    }
}
