package dev.uartnet.esp32;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** A datagram socket that also sends empty datagrams: Netty's takes one for nothing to do. */
final class DatagramSocket {
    private final io.netty.channel.socket.DatagramChannel socket;
    private final DatagramChannel raw;
    private @Nullable ChannelFuture last;

    /** @param raw the JDK's channel in it */
    DatagramSocket(io.netty.channel.socket.DatagramChannel socket, DatagramChannel raw) {
        this.socket = socket;
        this.raw = raw;
    }

    io.netty.channel.socket.DatagramChannel channel() {
        return socket;
    }

    /** Sends a datagram when the network has taken those before it. Takes over the buffer. */
    ChannelFuture send(ByteBuf data, InetSocketAddress to) {
        ChannelFuture sent;
        if (data.isReadable()) {
            sent = socket.writeAndFlush(new DatagramPacket(data, to));
        } else {
            data.release();
            ChannelPromise empty = socket.newPromise();
            if (last == null || last.isDone()) {
                sendEmpty(to, empty);
            } else {
                last.addListener(before -> sendEmpty(to, empty));
            }
            sent = empty;
        }
        last = sent;
        return sent;
    }

    private void sendEmpty(InetSocketAddress to, ChannelPromise sent) {
        try {
            raw.send(ByteBuffer.allocate(0), to);
            sent.setSuccess();
        } catch (IOException | RuntimeException e) {
            sent.setFailure(e);
        }
    }
}
