package dev.uartnet.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server with blocking sockets, so that it shows when a client stops it.
 *
 * <p>{@code GET /<framing>/<bytes>}, framing {@code length}, {@code chunked} or {@code close}: pseudo-random bytes of which
 * {@link #sha256} tells the digest. {@code POST /digest}: the digest of the body. {@code GET /never}: no answer.
 */
final class BodyServer implements AutoCloseable {
    /** Small, so that a stopped reader stops the writer early. */
    private static final int SEND_BUFFER = 64 * 1024;

    private static final int BLOCK = 16 * 1024;
    private static final byte[] BLOCK_BYTES = new byte[BLOCK];

    static {
        new Random(42).nextBytes(BLOCK_BYTES);
    }

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicLong bodyBytesSent = new AtomicLong();
    final AtomicInteger resets = new AtomicInteger();
    private final CountDownLatch reset = new CountDownLatch(1);

    BodyServer() {
        this(ServerSocketFactory.getDefault());
    }

    BodyServer(ServerSocketFactory factory) {
        try {
            server = factory.createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Waits until a client has reset a connection. */
    void awaitReset(Duration max) throws InterruptedException, TimeoutException {
        if (!reset.await(max.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("no connection was reset within " + max.toSeconds() + " s");
        }
    }

    String uri(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    static String sha256(long bytes) {
        MessageDigest digest = digest();
        for (long left = bytes, at = 0; left > 0; left -= BLOCK, at++) {
            digest.update(block(at), 0, (int) Math.min(BLOCK, left));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The n-th block of every body: no two are equal. */
    private static byte[] block(long n) {
        byte[] block = BLOCK_BYTES.clone();
        for (int i = 0; i < Long.BYTES; i++) {
            block[i] = (byte) (n >> (8 * i));
        }
        return block;
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, "body-server-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                start("connection-" + connections.incrementAndGet(), () -> serve(socket));
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSendBufferSize(SEND_BUFFER);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            boolean again = true;
            while (again) {
                String request = line(in);
                if (request == null) {
                    return;
                }
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon),
                            header.substring(colon + 1).strip());
                }
                again = answer(request.split(" ", -1), headers, in, out);
                again &= !"close".equalsIgnoreCase(headers.get("connection"));
            }
        } catch (IOException e) {
            resets.incrementAndGet();
            reset.countDown();
        } finally {
            sockets.remove(socket);
        }
    }

    private boolean answer(String[] request, Map<String, String> headers, InputStream in, OutputStream out)
            throws IOException {
        String[] path = request[1].split("/", -1);
        String head = "HTTP/1.1 200 OK\r\n";
        switch (path[1]) {
            case "digest" -> {
                byte[] text = bodyDigest(headers, in).getBytes(StandardCharsets.US_ASCII);
                write(out, head + "Content-Length: " + text.length + "\r\n\r\n");
                out.write(text);
            }
            case "length" -> {
                write(out, head + "Content-Length: " + path[2] + "\r\n\r\n");
                body(Long.parseLong(path[2]), out, false);
            }
            case "chunked" -> {
                write(out, head + "Transfer-Encoding: chunked\r\n\r\n");
                body(Long.parseLong(path[2]), out, true);
                write(out, "0\r\n\r\n");
            }
            case "close" -> {
                write(out, head + "Connection: close\r\n\r\n");
                body(Long.parseLong(path[2]), out, false);
                return false;
            }
            case "never" -> {
                int unused = in.read();
                return false;
            }
            default -> write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        }
        return true;
    }

    private void body(long bytes, OutputStream out, boolean chunked) throws IOException {
        for (long left = bytes, at = 0; left > 0; left -= BLOCK, at++) {
            int size = (int) Math.min(BLOCK, left);
            if (chunked) {
                write(out, Integer.toHexString(size) + "\r\n");
            }
            out.write(block(at), 0, size);
            if (chunked) {
                write(out, "\r\n");
            }
            bodyBytesSent.addAndGet(size);
        }
    }

    private static String bodyDigest(Map<String, String> headers, InputStream in) throws IOException {
        MessageDigest digest = digest();
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
                digest.update(exactly(size, in));
                line(in);
            }
            line(in);
        } else {
            digest.update(exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")), in));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static int chunkSize(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            throw new EOFException();
        }
        return Integer.parseInt(line.strip().toLowerCase(Locale.ROOT), 16);
    }

    private static byte[] exactly(int size, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
