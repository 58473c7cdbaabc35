package dev.uartnet.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A web server, byte by byte, so that it can also end answers in wrong places. Paths: {@code /length/N}, {@code /chunked/N}, {@code /close/N}:
 * N random bytes, always the same, delimited in that way; {@code /status/N}; {@code /to/N}: redirection to {@code /length/N}; {@code /around}:
 * redirection to itself; {@code /short}, {@code /short-chunked}: an answer that ends early; {@code /mute}: none at all; {@code /endless}: bytes
 * until the client goes; {@code /moved}: a redirection to nowhere; {@code /raw/N}: the N-th of {@link #RAW}; {@code /leads/N}: a redirection to the N-th of
 * {@link #NOWHERE}.
 */
final class WebServer implements AutoCloseable {
    private static final int SEED = 20_261_121;
    private static final int PIECE_BYTES = 10_007;

    /** Answers that are not HTTP. */
    static final List<String> RAW = List.of(
            "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
            "\u001b]0;title\u0007\u001b[31m red and more\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\nbytes\r\n",
            "HTTP/1.1 " + "x".repeat(100_000) + "\r\n\r\n");

    /** Where no redirection can lead. */
    static final List<String> NOWHERE = List.of(
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "mailto:a@example.org",
            "http://",
            "http://[bad/",
            "/a path",
            "http://127.0.0.1:99999/");

    private final ServerSocket listener;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final CountDownLatch endlessGone = new CountDownLatch(1);

    private WebServer(ServerSocket listener) {
        this.listener = listener;
    }

    static WebServer start() throws IOException {
        return start(new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
    }

    /** Starts on a given socket, such as one for TLS. */
    static WebServer start(ServerSocket listener) {
        WebServer server = new WebServer(listener);
        thread(server::accept);
        return server;
    }

    private static void thread(Runnable body) {
        Thread thread = new Thread(body, "web-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** The bytes of an answer of this length. */
    static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    int port() {
        return listener.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** Waits until the client of the endless answer has gone. */
    boolean awaitEndlessGone() throws InterruptedException {
        return endlessGone.await(30, TimeUnit.SECONDS);
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                clients.add(client);
                thread(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            String request = reader.readLine();
            if (request == null) {
                return;
            }
            String line = request;
            while (line != null && !line.isEmpty()) {
                line = reader.readLine();
            }
            answer(request.split(" ", 3)[1], client.getOutputStream());
        } catch (IOException gone) {
            // The client has; some tests want it so.
        } finally {
            clients.remove(client);
        }
    }

    private void answer(String path, OutputStream out) throws IOException {
        String[] parts = path.split("/", -1);
        int number = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
        switch (parts[1]) {
            case "length" -> {
                head(out, "200 OK", "Content-Length: " + number);
                out.write(content(number));
            }
            case "chunked" -> {
                head(out, "200 OK", "Transfer-Encoding: chunked");
                chunks(out, content(number));
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            case "close" -> {
                head(out, "200 OK", null);
                out.write(content(number));
            }
            case "status" -> head(out, number + " As Asked", "Content-Length: 0");
            case "to" -> head(out, "302 Found", "Content-Length: 0\r\nLocation: /length/" + number);
            case "around" -> head(out, "302 Found", "Content-Length: 0\r\nLocation: /around");
            case "raw" -> out.write(RAW.get(number).getBytes(StandardCharsets.US_ASCII));
            case "leads" -> head(out, "302 Found", "Content-Length: 0\r\nLocation: " + NOWHERE.get(number));
            case "moved" -> head(out, "301 Moved", "Content-Length: 0");
            case "short" -> {
                head(out, "200 OK", "Content-Length: 1000");
                out.write(content(400));
            }
            case "short-chunked" -> {
                head(out, "200 OK", "Transfer-Encoding: chunked");
                chunks(out, content(400));
            }
            case "mute" -> awaitClosed();
            case "endless" -> endless(out);
            default -> head(out, "404 Not Found", "Content-Length: 0");
        }
        out.flush();
    }

    private static void head(OutputStream out, String status, @Nullable String header) throws IOException {
        String text =
                "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + (header == null ? "" : header + "\r\n") + "\r\n";
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void chunks(OutputStream out, byte[] content) throws IOException {
        for (int at = 0; at < content.length; at += PIECE_BYTES) {
            int size = Math.min(PIECE_BYTES, content.length - at);
            out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(content, at, size);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void awaitClosed() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endless(OutputStream out) throws IOException {
        head(out, "200 OK", null);
        byte[] piece = content(PIECE_BYTES);
        try {
            while (true) {
                out.write(piece);
            }
        } finally {
            endlessGone.countDown();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
