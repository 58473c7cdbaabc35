package dev.uartnet.esp32.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that are asked for, whether anybody takes them or not. */
final class Flood implements AutoCloseable {
    private final List<SocketChannel> sockets = new ArrayList<>();

    void connect(int port, int connections) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(Peer.localhost()), port);
        for (int i = 0; i < connections; i++) {
            SocketChannel socket = SocketChannel.open();
            sockets.add(socket);
            socket.configureBlocking(false);
            socket.connect(address);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel socket : sockets) {
            socket.close();
        }
    }
}
