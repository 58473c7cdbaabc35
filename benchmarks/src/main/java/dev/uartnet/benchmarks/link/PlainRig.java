package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.plain.PlainClient;
import dev.uartnet.benchmarks.rig.ClosingStack;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The stop-and-wait peer behind a simulated line, its client, and a server for its socket to talk to. */
final class PlainRig implements AutoCloseable {
    private static final long SEED = 42;
    private static final int PIECE = 16_384;
    private static final int RECEIVE_MILLIS = 200;

    private final ClosingStack closing = new ClosingStack();
    private final ServerSocket server;
    private final PlainClient client;

    PlainRig(int baud, double byteError, Duration latency) throws IOException {
        try {
            server = closing.push(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            PseudoTerminal terminal = closing.push(PseudoTerminal.open());
            MemoryPort.Pair host = MemoryPort.pair();
            closing.push(SerialLine.between(host.a(), terminal.masterPort())
                    .baud(baud)
                    .latency(latency)
                    .faults(LineFaults.NONE.withByteError(byteError))
                    .seed(SEED)
                    .start());
            Process device = device(baud, terminal.slavePath());
            closing.push(() -> end(device));
            client = closing.push(new PlainClient(host.b(), baud, latency));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Process device(int baud, String tty) throws IOException {
        Path script = Path.of(System.getProperty(Firmware.ROOT_PROPERTY, "."), "esp32", "plain", "run");
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "--tty", tty)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("UARTNET_BAUD", Integer.toString(baud));
        return builder.start();
    }

    private static void end(Process device) {
        device.destroy();
        try {
            device.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Moves bytes from a server to this program; returns bytes a second. */
    double down(long bytes) throws IOException {
        CompletableFuture<Socket> serving = accept();
        int id = client.open("127.0.0.1", server.getLocalPort());
        try (Socket socket = await(serving)) {
            Thread writer = new Thread(() -> write(socket, bytes), "plain-server");
            writer.setDaemon(true);
            long start = System.nanoTime();
            writer.start();
            long came = 0;
            while (came < bytes) {
                byte[] data = client.receive(id, RECEIVE_MILLIS);
                if (data == null) {
                    throw new IOException("the stream ended after " + came + " bytes");
                }
                came += data.length;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            client.close(id);
            return bytes / seconds;
        }
    }

    /** Moves bytes from this program to a server; returns bytes a second. */
    double up(long bytes) throws IOException {
        CompletableFuture<Socket> serving = accept();
        int id = client.open("127.0.0.1", server.getLocalPort());
        try (Socket socket = await(serving)) {
            byte[] data = random((int) bytes);
            long start = System.nanoTime();
            client.send(id, data, 0, data.length);
            // What was taken by the network has come: one machine.
            new DataInputStream(socket.getInputStream()).readFully(new byte[data.length]);
            double seconds = (System.nanoTime() - start) / 1e9;
            client.close(id);
            return bytes / seconds;
        }
    }

    private static byte[] random(int bytes) {
        byte[] data = new byte[bytes];
        new SplittableRandom(SEED).nextBytes(data);
        return data;
    }

    private static void write(Socket socket, long bytes) {
        try {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] piece = random(PIECE);
            for (long left = bytes; left > 0; left -= piece.length) {
                out.write(piece, 0, (int) Math.min(piece.length, left));
            }
        } catch (IOException cut) {
            // The reader sees it too.
        }
    }

    private CompletableFuture<Socket> accept() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return server.accept();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static Socket await(CompletableFuture<Socket> serving) throws IOException {
        try {
            return serving.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("the stop-and-wait peer has not connected", e);
        }
    }

    /** Returns how many requests had to be sent again. */
    long repeated() {
        return client.repeated();
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
