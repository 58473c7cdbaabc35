package dev.uartnet.esp32.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Clients of ports that the device listens on. */
final class Clients implements AutoCloseable {
    private static final int MILLIS = (int) TimeUnit.SECONDS.toMillis(ConformanceTest.SECONDS);
    /** What Linux drops it does not answer: after this time a SYN counts as dropped. */
    private static final int DROPPED_MILLIS = 300;

    private final List<Socket> sockets = new ArrayList<>();

    Socket connect(int port) throws IOException {
        Socket socket = socket();
        socket.connect(address(port), MILLIS);
        return socket;
    }

    /** A client that takes little while nobody reads. */
    Socket connectWithSmallBuffer(int port) throws IOException {
        Socket socket = socket();
        socket.setReceiveBufferSize(Peer.SMALL_BUFFER_BYTES);
        socket.connect(address(port), MILLIS);
        return socket;
    }

    /** Returns null if the port's queue is full. */
    @Nullable
    Socket connectIfThereIsRoom(int port) throws IOException {
        Socket socket = socket();
        try {
            socket.connect(address(port), DROPPED_MILLIS);
            return socket;
        } catch (SocketTimeoutException full) {
            return null;
        }
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket();
        synchronized (sockets) {
            sockets.add(socket);
        }
        socket.setSoTimeout(MILLIS);
        return socket;
    }

    private static InetSocketAddress address(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(Peer.localhost()), port);
    }

    /** Sends bytes and their end, and returns all that comes back. */
    static byte[] roundTrip(Socket socket, byte[] content) throws IOException {
        Peer.thread(() -> {
            socket.getOutputStream().write(content);
            socket.shutdownOutput();
        });
        return socket.getInputStream().readAllBytes();
    }

    @Override
    public void close() throws IOException {
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
