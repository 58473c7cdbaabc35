package dev.uartnet.esp32.conformance;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A name server (RFC 1035) that knows one name, fails for another one, and denies the others. */
final class TestNameServer implements AutoCloseable {
    static final String SERVER = "server.test";
    static final String FAILING = "failing.test";
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;

    private final DatagramSocket socket;

    TestNameServer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread thread = new Thread(this::serve, "test-name-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        try {
            while (true) {
                DatagramPacket query = new DatagramPacket(buffer, buffer.length);
                socket.receive(query);
                byte[] answer = answer(Arrays.copyOf(buffer, query.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static byte[] answer(byte[] query) {
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += 1 + query[at];
        }
        int type = query[at + 2];
        int questionEnd = at + 5;
        boolean known = name.toString().equals(SERVER);
        boolean address = known && type == TYPE_A;
        int code = known ? 0 : name.toString().equals(FAILING) ? 2 : 3;
        ByteBuffer answer = ByteBuffer.allocate(questionEnd + (address ? 16 : 0));
        answer.put(query, 0, questionEnd);
        answer.putShort(2, (short) (0x8180 | code)).putShort(6, (short) (address ? 1 : 0));
        answer.putShort(8, (short) 0).putShort(10, (short) 0);
        if (address) {
            answer.putShort((short) 0xC00C).putShort((short) TYPE_A).putShort((short) 1);
            answer.putInt(60).putShort((short) 4).put(new byte[] {127, 0, 0, 1});
        }
        return answer.array();
    }

    @Override
    public void close() {
        socket.close();
    }
}
