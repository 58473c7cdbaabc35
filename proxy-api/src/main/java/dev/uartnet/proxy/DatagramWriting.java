package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a {@link ProxyDatagramChannel}: to whom a datagram goes, and whether it goes into the send buffer, which is with the link
 * until the line takes it. On the channel's event loop.
 */
final class DatagramWriting {
    private final ProxyDatagramChannel channel;
    private int size;
    /** What the send buffer still takes, as {@link ProxiedDatagrams#cost} counts; negative when it has shrunk, or has one datagram that is larger. */
    private int space;

    DatagramWriting(ProxyDatagramChannel channel) {
        this.channel = channel;
    }

    /** A socket is about to be bound. */
    void start(int size) {
        this.size = size;
        space = size;
    }

    /** Makes the send buffer larger, or smaller. */
    void setSize(int size) {
        space += size - this.size;
        this.size = size;
    }

    /** A datagram of it has left for the line. */
    void sent(int cost) {
        space += cost;
    }

    /** Refuses what can never be written. */
    static void requireWritable(Object msg) {
        if (msg instanceof ByteBuf) {
            return;
        }
        if (msg instanceof AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf) {
            SocketAddress recipient = envelope.recipient();
            RuntimeException unusable = recipient == null ? null : DatagramBinding.unusable(recipient);
            if (unusable != null) {
                throw unusable;
            }
            return;
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(msg)
                + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf, InetSocketAddress>, ByteBuf)");
    }

    void write(ChannelOutboundBuffer in) {
        for (Object message = in.current(); message != null; message = in.current()) {
            try {
                if (!take(message)) {
                    return;
                }
                in.remove();
            } catch (IOException | RuntimeException e) {
                // Another datagram, perhaps to somebody else, may do better.
                in.remove(e);
            }
        }
    }

    /** Returns whether the message was taken over: its promise may succeed. */
    private boolean take(Object message) throws IOException {
        if (message instanceof ByteBuf buffer) {
            // Buffers without bytes are written to know when those before them have been.
            return !buffer.isReadable() || take(recipient(null), buffer);
        }
        AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
        return take(recipient((InetSocketAddress) envelope.recipient()), (ByteBuf) envelope.content());
    }

    private InetSocketAddress recipient(@Nullable InetSocketAddress own) {
        InetSocketAddress peer = channel.remoteAddress();
        if (own == null && peer == null) {
            throw new NotYetConnectedException();
        }
        if (own != null && peer != null && !own.equals(peer)) {
            throw new AlreadyConnectedException();
        }
        return own != null ? own : Objects.requireNonNull(peer);
    }

    private boolean take(InetSocketAddress recipient, ByteBuf content) throws IOException {
        if (!channel.isBoundFor(recipient)) {
            return false;
        }
        int bytes = content.readableBytes();
        if (bytes > channel.largestDatagram()) {
            throw new SocketException("Message too long: a datagram of " + bytes
                    + " bytes; the device can send at most " + channel.largestDatagram());
        }
        int cost = ProxiedDatagrams.cost(bytes);
        if (cost > space && space < size) {
            return false;
        }
        space -= cost;
        // A copy: a write that has succeeded holds its buffer no more, though the datagram may wait for the line.
        ByteBuf copy = channel.alloc().heapBuffer(bytes, bytes).writeBytes(content, content.readerIndex(), bytes);
        channel.link().send(recipient, copy);
        return true;
    }
}
