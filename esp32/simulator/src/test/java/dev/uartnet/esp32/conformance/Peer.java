package dev.uartnet.esp32.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A server on 127.0.0.1 that does what the test says. */
public final class Peer implements AutoCloseable {
    private static final int MILLIS = (int) TimeUnit.SECONDS.toMillis(ConformanceTest.SECONDS);

    public static final int SMALL_BUFFER_BYTES = 4096;

    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();

    public Peer() throws IOException {
        this(50, 0);
    }

    private Peer(int backlog, int receiveBuffer) throws IOException {
        server = new ServerSocket();
        if (receiveBuffer > 0) {
            server.setReceiveBufferSize(receiveBuffer); // what sockets inherit, before the window is agreed
        }
        server.bind(new InetSocketAddress(InetAddress.getByAddress(localhost()), 0), backlog);
        server.setSoTimeout(MILLIS);
    }

    /** The address of all peers. */
    public static byte[] localhost() {
        return new byte[] {127, 0, 0, 1};
    }

    /** Bytes of every value in no order, the same for the same size. */
    public static byte[] content(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** A server whose queue is full: Linux drops further SYNs, so that a connection neither succeeds nor fails. */
    public static Peer thatNeverAnswers() throws IOException {
        Peer peer = new Peer(1, 0);
        while (true) {
            Socket filler = new Socket();
            peer.sockets.add(filler);
            try {
                filler.connect(peer.server.getLocalSocketAddress(), 300);
            } catch (SocketTimeoutException full) {
                return peer;
            }
        }
    }

    /** A server whose sockets take little while nobody reads them. */
    public static Peer withSmallBuffer() throws IOException {
        return new Peer(50, SMALL_BUFFER_BYTES);
    }

    /** A port on which nobody listens. */
    public static int closedPort() throws IOException {
        try (Peer peer = new Peer()) {
            return peer.port();
        }
    }

    public int port() {
        return ((InetSocketAddress) server.getLocalSocketAddress()).getPort();
    }

    public Socket accept() throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout(MILLIS);
        synchronized (sockets) {
            sockets.add(socket);
        }
        return socket;
    }

    /** Accepts connections for ever, and sends back what comes, to its end. */
    public void echo() {
        thread(() -> {
            while (true) {
                Socket socket = accept();
                thread(() -> {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                    socket.shutdownOutput();
                });
            }
        });
    }

    public interface Work {
        void run() throws IOException;
    }

    public static void thread(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // The test is over, or it notices.
                    }
                },
                "peer");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the connection was reset, not ended in order; waits for either. */
    public static boolean awaitReset(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            while (in.read() >= 0) {
                // What was sent before.
            }
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Waits until the connection has ended in either way. */
    public static void awaitEnd(Socket socket) throws IOException {
        boolean unused = awaitReset(socket);
    }

    public static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
