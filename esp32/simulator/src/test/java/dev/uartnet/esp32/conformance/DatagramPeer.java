package dev.uartnet.esp32.conformance;

import dev.uartnet.codec.message.ChannelDatagram;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A datagram socket on 127.0.0.1. */
final class DatagramPeer implements AutoCloseable {
    private final DatagramSocket socket;

    DatagramPeer() throws IOException {
        this(Peer.localhost());
    }

    DatagramPeer(byte[] address) throws IOException {
        socket = new DatagramSocket(0, InetAddress.getByAddress(address));
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(ConformanceTest.SECONDS));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    static InetSocketAddress address(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(Peer.localhost()), port);
    }

    void send(int port, byte[] content) throws IOException {
        socket.send(new DatagramPacket(content, content.length, address(port)));
    }

    DatagramPacket receivePacket() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[ChannelDatagram.BYTES_MAX], ChannelDatagram.BYTES_MAX);
        socket.receive(packet);
        return packet;
    }

    byte[] receive() throws IOException {
        DatagramPacket packet = receivePacket();
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Sends back what comes, to where it comes from, for ever. */
    void echo() {
        Peer.thread(() -> {
            while (true) {
                socket.send(receivePacket());
            }
        });
    }

    @Override
    public void close() {
        socket.close();
    }
}
