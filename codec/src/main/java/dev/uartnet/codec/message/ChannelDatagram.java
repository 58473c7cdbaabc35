package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.net.InetSocketAddress;

/** One datagram: to that address (from a host) or from it (from a device). Holds its bytes until released. */
public final class ChannelDatagram extends DefaultByteBufHolder implements Message {
    private final int channel;
    private final InetSocketAddress peer;

    /**
     * Takes over the buffer's reference.
     *
     * @param channel the channel's number
     * @param peer the other end, resolved
     * @param data the datagram
     */
    public ChannelDatagram(int channel, InetSocketAddress peer, ByteBuf data) {
        super(data);
        if (peer.isUnresolved()) {
            throw new IllegalArgumentException("the address of a datagram must be resolved: " + peer);
        }
        this.channel = channel;
        this.peer = peer;
    }

    /** Returns the channel's number. */
    public int channel() {
        return channel;
    }

    /** Returns the other end. */
    public InetSocketAddress peer() {
        return peer;
    }

    @Override
    public ChannelDatagram replace(ByteBuf content) {
        return new ChannelDatagram(channel, peer, content);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ChannelDatagram other
                && channel == other.channel
                && peer.equals(other.peer)
                && super.equals(o);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * channel + peer.hashCode()) + super.hashCode();
    }

    @Override
    public String toString() {
        return "ChannelDatagram[channel=" + channel + ", peer=" + peer + ", data=" + contentToString() + "]";
    }
}
