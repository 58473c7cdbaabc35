package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.net.InetSocketAddress;

/**
 * One datagram, or a piece of one (PROTOCOL.md, section 9): to that address (from a host) or from it (from a device). Holds its bytes until
 * released.
 */
public final class ChannelDatagram extends DefaultByteBufHolder implements Message {
    /** The largest datagram that UDP over IPv4 has, in bytes. */
    public static final int BYTES_MAX = 65_507;

    /** What a datagram costs of its channel's credit besides its bytes. */
    public static final int OVERHEAD = 24;

    private final int channel;
    private final InetSocketAddress peer;
    private final boolean more;

    /**
     * A whole datagram, or the last piece of one. Takes over the buffer's reference.
     *
     * @param channel the channel's number
     * @param peer the other end, resolved
     * @param data the datagram, or what was left of it
     */
    public ChannelDatagram(int channel, InetSocketAddress peer, ByteBuf data) {
        this(channel, peer, data, false);
    }

    /**
     * As {@link #ChannelDatagram(int, InetSocketAddress, ByteBuf)}.
     *
     * @param more whether further pieces of the same datagram follow
     */
    public ChannelDatagram(int channel, InetSocketAddress peer, ByteBuf data, boolean more) {
        super(data);
        if (peer.isUnresolved()) {
            throw new IllegalArgumentException("the address of a datagram must be resolved: " + peer);
        }
        this.channel = channel;
        this.peer = peer;
        this.more = more;
    }

    /** Returns the channel's number. */
    public int channel() {
        return channel;
    }

    /** Returns the other end. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** Returns whether further pieces of the same datagram follow. */
    public boolean more() {
        return more;
    }

    @Override
    public ChannelDatagram replace(ByteBuf content) {
        return new ChannelDatagram(channel, peer, content, more);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ChannelDatagram other
                && channel == other.channel
                && peer.equals(other.peer)
                && more == other.more
                && super.equals(o);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * channel + peer.hashCode()) + Boolean.hashCode(more)) + super.hashCode();
    }

    @Override
    public String toString() {
        return "ChannelDatagram[channel=" + channel + ", peer=" + peer + ", data=" + contentToString()
                + (more ? ", more]" : "]");
    }
}
