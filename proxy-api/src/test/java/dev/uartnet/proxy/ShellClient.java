package dev.uartnet.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A TCP client that knows nothing of this project, and speaks to a port as {@code nc} does: bash, {@code cat} and {@code head}. (curl's telnet could, but
 * on a busy machine it hangs up 100 ms after it has connected, from a server of this host's own sockets too.)
 */
final class ShellClient {
    /** Sends all of its input, and shows so many bytes of what comes back. */
    private static final String SCRIPT = "exec 3<>/dev/tcp/$0/$1; cat >&3; head -c $2 <&3";

    private ShellClient() {}

    /**
     * Sends, waits until so many bytes have come back, and hangs up.
     *
     * @param expected bytes that come back
     * @return those that came
     */
    static byte[] talk(String host, int port, byte[] sent, int expected) throws IOException {
        Process process = new ProcessBuilder(
                        "bash", "-c", SCRIPT, host, Integer.toString(port), Integer.toString(expected))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(sent);
            }
            return out.readAllBytes();
        } finally {
            process.destroyForcibly();
        }
    }
}
