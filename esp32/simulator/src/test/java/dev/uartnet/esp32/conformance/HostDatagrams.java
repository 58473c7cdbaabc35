package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelDatagram;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The host's side of a datagram socket. */
final class HostDatagrams extends ChannelEnd {
    /** What the device may still send, in bytes and 24 a datagram. */
    private long granted;

    private int firstCredit;
    /** What we may still send, likewise. */
    private int credit;

    private int largest;
    private @Nullable InetSocketAddress local;

    private final Queue<DatagramPacket> received = new ArrayDeque<>();
    private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    private @Nullable InetSocketAddress sender; // of the pieces so far
    private boolean grantsBack;

    HostDatagrams(Host host, int number, int granted) {
        super(host, number);
        this.granted = granted;
    }

    synchronized void opened(List<@Nullable Object> response) {
        local = Host.address(response.get(0), response.get(1));
        firstCredit = Math.toIntExact((Long) response.get(2));
        credit += firstCredit;
        largest = Math.toIntExact((Long) response.get(3));
        notifyAll();
    }

    InetSocketAddress local() {
        InetSocketAddress bound = local;
        assertThat(bound).isNotNull();
        return bound;
    }

    int port() {
        return local().getPort();
    }

    synchronized int largest() {
        return largest;
    }

    synchronized int firstCredit() {
        return firstCredit;
    }

    synchronized int credit() {
        return credit;
    }

    static int cost(int bytes) {
        return bytes + ChannelDatagram.OVERHEAD;
    }

    // What comes from the device, on the event loop

    @Override
    synchronized void onDatagram(ChannelDatagram piece) {
        byte[] bytes = new byte[piece.content().readableBytes()];
        piece.content().readBytes(bytes);
        if (sender == null) {
            sender = piece.peer();
            granted -= ChannelDatagram.OVERHEAD;
        } else if (!sender.equals(piece.peer())) {
            fail(new AssertionError("a piece from " + piece.peer() + " between those from " + sender));
        }
        granted -= bytes.length;
        if (granted < 0) {
            fail(new AssertionError("the device exceeded its credit by " + -granted));
        } else if (isClosed()) {
            fail(new AssertionError("a datagram behind the end of channel " + number()));
        }
        pieces.writeBytes(bytes);
        if (!piece.more()) {
            received.add(new DatagramPacket(pieces.toByteArray(), pieces.size(), sender));
            if (grantsBack) {
                grant(cost(pieces.size()));
            }
            sender = null;
            pieces.reset();
        }
        notifyAll();
    }

    @Override
    synchronized void onCredit(int more) {
        credit += more;
        notifyAll();
    }

    // What the test does

    synchronized void grant(int more) {
        granted += more;
        host().send(new ChannelCredit(number(), more));
    }

    /** From now on, what is received is granted again. */
    synchronized void grantBack() {
        grantsBack = true;
    }

    /** Sends a datagram when the credit allows it, in as many pieces as it takes. */
    void send(InetSocketAddress peer, byte[] content) throws InterruptedException {
        synchronized (this) {
            await("credit of " + cost(content.length), () -> credit >= cost(content.length));
            credit -= cost(content.length);
        }
        sendWithoutCredit(peer, content);
    }

    void sendWithoutCredit(InetSocketAddress peer, byte[] content) {
        int sent = 0;
        while (content.length - sent > FRAME_BYTES) {
            sendPiece(peer, content, sent, FRAME_BYTES, true);
            sent += FRAME_BYTES;
        }
        sendPiece(peer, content, sent, content.length - sent, false);
    }

    void sendPiece(InetSocketAddress peer, byte[] content, int at, int bytes, boolean more) {
        host().send(new ChannelDatagram(number(), peer, Unpooled.wrappedBuffer(content, at, bytes), more));
    }

    void awaitCredit(int bytes) throws InterruptedException {
        await("credit of " + bytes, () -> credit >= bytes);
    }

    /** Waits for the next datagram; its data are as long as it. */
    DatagramPacket receive() throws InterruptedException {
        await("datagram", () -> !received.isEmpty());
        synchronized (this) {
            return received.remove();
        }
    }

    /** Datagrams that wait to be received here. */
    synchronized int waiting() {
        return received.size();
    }

    /** An application that sends back what comes, until the channel fails or is closed. */
    void echo() {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            await("datagram", () -> !received.isEmpty() || isCloseSent());
                            if (isCloseSent()) {
                                return;
                            }
                            DatagramPacket datagram = receive();
                            send((InetSocketAddress) datagram.getSocketAddress(), datagram.getData());
                        }
                    } catch (InterruptedException | AssertionError over) {
                        // The test has ended, or it notices.
                    }
                },
                "echo-" + number());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    synchronized String state() {
        return received.size() + " datagrams wait, and " + pieces.size() + " bytes of one more; credit " + credit;
    }
}
