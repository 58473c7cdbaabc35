package dev.uartnet.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Random;

/** A web server of this machine with one file of random bytes, reached by this machine only. */
final class DemoServer implements AutoCloseable {
    private static final String PATH = "/random";
    private static final String HOST = "localhost";

    private final HttpServer server;
    private final byte[] content;

    private DemoServer(HttpServer server, byte[] content) {
        this.server = server;
        this.content = content;
        server.createContext(PATH, this::answer);
    }

    /** Starts it, with a file of so many bytes. */
    static DemoServer start(int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random().nextBytes(content);
        DemoServer server = new DemoServer(
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0),
                content);
        server.server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(content);
            }
        }
    }

    /** Returns the server's name, for the device to resolve. */
    String host() {
        return HOST;
    }

    /** Returns the file's URL. */
    URI url() {
        return URI.create("http://" + HOST + ":" + server.getAddress().getPort() + PATH);
    }

    /** Returns what the file holds. */
    byte[] content() {
        return content.clone();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
