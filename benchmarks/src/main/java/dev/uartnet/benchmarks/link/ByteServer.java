package dev.uartnet.benchmarks.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A TCP server on this machine which sends and takes random bytes, both at once. A client says seed, bytes down, bytes up (three
 * longs) and sends its bytes; it gets its own, and behind them the SHA-256 of those that came up and when the last of them came
 * ({@link System#nanoTime()}).
 */
final class ByteServer implements AutoCloseable {
    /** So much at once. Seeds say what a stream is only for one size of pieces. */
    static final int PIECE = 16_384;

    static final int REQUEST_BYTES = 24;
    static final int TRAILER_BYTES = 40;

    private final ServerSocket server;

    ByteServer() throws IOException {
        server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        daemon("byte-server", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                daemon("byte-server-connection", () -> serve(socket));
            }
        } catch (IOException closed) {
            // The server was closed.
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            long seed = in.readLong();
            long down = in.readLong();
            long up = in.readLong();
            CompletableFuture<byte[]> came = new CompletableFuture<>();
            CompletableFuture<Long> lastNanos = new CompletableFuture<>();
            daemon("byte-server-up", () -> take(in, up, came, lastNanos));
            RandomBytes bytes = new RandomBytes(seed, down);
            for (byte[] piece = bytes.next(PIECE); piece.length > 0; piece = bytes.next(PIECE)) {
                out.write(piece);
            }
            out.write(came.join());
            out.writeLong(lastNanos.join());
            out.flush();
            socket.shutdownOutput();
            while (in.read() >= 0) {
                // The client closes first.
            }
        } catch (IOException | CompletionException cut) {
            // The client sees it too, and tells.
        }
    }

    private static void take(InputStream in, long bytes, CompletableFuture<byte[]> came, CompletableFuture<Long> last) {
        MessageDigest digest = RandomBytes.sha256();
        byte[] piece = new byte[PIECE];
        try {
            long left = bytes;
            while (left > 0) {
                int count = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (count < 0) {
                    throw new EOFException();
                }
                digest.update(piece, 0, count);
                left -= count;
            }
            last.complete(System.nanoTime());
            came.complete(digest.digest());
        } catch (IOException cut) {
            came.completeExceptionally(cut);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
