package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/** Bytes of a stream. Holds them until released. */
public final class ChannelData extends DefaultByteBufHolder implements Message {
    private final int channel;

    /**
     * Takes over the buffer's reference.
     *
     * @param channel the channel's number
     * @param data the bytes
     */
    public ChannelData(int channel, ByteBuf data) {
        super(data);
        this.channel = channel;
    }

    /** Returns the channel's number. */
    public int channel() {
        return channel;
    }

    @Override
    public ChannelData replace(ByteBuf content) {
        return new ChannelData(channel, content);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ChannelData other && channel == other.channel && super.equals(o);
    }

    @Override
    public int hashCode() {
        return 31 * channel + super.hashCode();
    }

    @Override
    public String toString() {
        return "ChannelData[channel=" + channel + ", data=" + contentToString() + "]";
    }
}
