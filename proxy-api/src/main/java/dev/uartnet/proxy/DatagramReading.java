package dev.uartnet.proxy;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Datagrams that have come for a {@link ProxyDatagramChannel}, until somebody reads them, and the credit for more. On its event loop. */
final class DatagramReading {
    private final ProxyDatagramChannel channel;
    private final ArrayDeque<DatagramPacket> received = new ArrayDeque<>();
    private boolean pending;
    private boolean reading;
    private int window;
    /** Credit of datagrams that were read, and not yet granted again. Below zero: the window has shrunk by more. */
    private int consumed;

    DatagramReading(ProxyDatagramChannel channel) {
        this.channel = channel;
    }

    /** A socket is about to be bound. */
    void start(int window) {
        this.window = window;
        consumed = 0;
    }

    /** Returns what the device may send ahead. */
    int window() {
        return window;
    }

    /** A larger window opens in portions, a smaller one as datagrams are read. */
    void setWindow(int window) {
        consumed += window - this.window;
        this.window = window;
        grantIfDue();
    }

    /** Somebody wants to read. */
    void begin() {
        pending = true;
        if (!reading && !received.isEmpty()) {
            channel.eventLoop().execute(this::readIfWanted);
        }
    }

    void clear() {
        pending = false;
    }

    void readIfWanted() {
        if (!pending || reading || !channel.isBound() || received.isEmpty()) {
            return;
        }
        reading = true;
        ChannelPipeline pipeline = channel.pipeline();
        var handle = channel.unsafe().recvBufAllocHandle();
        handle.reset(channel.config());
        do {
            DatagramPacket datagram = received.poll();
            if (datagram == null) {
                break;
            }
            int bytes = datagram.content().readableBytes();
            handle.attemptedBytesRead(bytes);
            handle.lastBytesRead(bytes);
            handle.incMessagesRead(1);
            pending = false;
            pipeline.fireChannelRead(datagram);
            grantAgain(bytes);
        } while (handle.continueReading());
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (pending && !received.isEmpty()) {
            channel.eventLoop().execute(this::readIfWanted);
        }
    }

    private void grantAgain(int bytes) {
        consumed += ProxiedDatagrams.cost(bytes);
        grantIfDue();
    }

    private void grantIfDue() {
        // In portions: each grant is a frame.
        if (consumed > 0 && consumed >= window / 4 && channel.isBound()) {
            channel.link().grant(consumed);
            consumed = 0;
        }
    }

    /** Takes over a datagram: what is not of the peer that the channel is connected to is dropped. */
    void received(DatagramPacket datagram) {
        if (!channel.isBound()) {
            datagram.release();
        } else if (isOf(channel.remoteAddress(), datagram)) {
            received.add(datagram);
        } else {
            drop(datagram);
        }
    }

    /** Drops what has come from others. */
    void connected(InetSocketAddress peer) {
        received.removeIf(datagram -> {
            boolean others = !isOf(peer, datagram);
            if (others) {
                drop(datagram);
            }
            return others;
        });
    }

    private static boolean isOf(@Nullable InetSocketAddress peer, DatagramPacket datagram) {
        return peer == null || peer.equals(datagram.sender());
    }

    private void drop(DatagramPacket datagram) {
        int bytes = datagram.content().readableBytes();
        datagram.release();
        grantAgain(bytes);
    }

    /** Nobody will read any more. */
    void release() {
        for (DatagramPacket datagram = received.poll(); datagram != null; datagram = received.poll()) {
            datagram.release();
        }
    }
}
