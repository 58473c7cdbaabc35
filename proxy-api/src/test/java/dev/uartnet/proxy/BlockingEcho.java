package dev.uartnet.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what comes, with blocking sockets: also what came just before the client's FIN, and then its own. */
final class BlockingEcho implements AutoCloseable {
    private final ServerSocket server;

    BlockingEcho() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("echo-accept", () -> {
            while (true) {
                Socket socket = server.accept();
                start("echo", () -> echo(socket));
            }
        });
    }

    private static void echo(Socket socket) throws IOException {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException end) {
                        // Of the test, or of a connection that was reset.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
