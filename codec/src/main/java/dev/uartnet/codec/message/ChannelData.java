package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.Recycler;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a stream. Holds them until released, or {@linkplain #take taken}; then it is over, and nobody may look at it any more: one that comes {@linkplain #of
 * from the pool} goes back there, to be another message.
 */
public final class ChannelData implements ByteBufHolder, Message {
    private static final Recycler<ChannelData> POOL = new Recycler<>() {
        @Override
        protected ChannelData newObject(Handle<ChannelData> handle) {
            return new ChannelData(handle);
        }
    };

    private final Recycler.@Nullable Handle<ChannelData> handle;
    private int channel;
    private @Nullable ByteBuf data;

    /**
     * Takes over the buffer's reference.
     *
     * @param channel the channel's number
     * @param data the bytes
     */
    public ChannelData(int channel, ByteBuf data) {
        this.handle = null;
        this.channel = channel;
        this.data = data;
    }

    private ChannelData(Recycler.Handle<ChannelData> handle) {
        this.handle = handle;
    }

    /** The same from a pool: for who sends or receives many, and touches none once it is over. */
    public static ChannelData of(int channel, ByteBuf data) {
        ChannelData message = POOL.get();
        message.channel = channel;
        message.data = data;
        return message;
    }

    /** Returns the channel's number. */
    public int channel() {
        return channel;
    }

    /** Hands over the bytes, with the message's reference to them. The message is over. */
    public ByteBuf take() {
        ByteBuf taken = content();
        recycle();
        return taken;
    }

    private void recycle() {
        data = null;
        if (handle != null) {
            handle.recycle(this);
        }
    }

    /** @throws IllegalReferenceCountException if the message is over */
    @Override
    public ByteBuf content() {
        ByteBuf held = data;
        if (held == null) {
            throw new IllegalReferenceCountException(0);
        }
        return held;
    }

    @Override
    public ChannelData copy() {
        return replace(content().copy());
    }

    @Override
    public ChannelData duplicate() {
        return replace(content().duplicate());
    }

    @Override
    public ChannelData retainedDuplicate() {
        return replace(content().retainedDuplicate());
    }

    @Override
    public ChannelData replace(ByteBuf content) {
        return new ChannelData(channel, content);
    }

    @Override
    public int refCnt() {
        return data == null ? 0 : data.refCnt();
    }

    @Override
    public ChannelData retain() {
        content().retain();
        return this;
    }

    @Override
    public ChannelData retain(int increment) {
        content().retain(increment);
        return this;
    }

    @Override
    public ChannelData touch() {
        content().touch();
        return this;
    }

    @Override
    public ChannelData touch(Object hint) {
        content().touch(hint);
        return this;
    }

    @Override
    public boolean release() {
        return released(content().release());
    }

    @Override
    public boolean release(int decrement) {
        return released(content().release(decrement));
    }

    private boolean released(boolean last) {
        if (last) {
            recycle();
        }
        return last;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ChannelData other
                && channel == other.channel
                && content().equals(other.content());
    }

    @Override
    public int hashCode() {
        return 31 * channel + content().hashCode();
    }

    @Override
    public String toString() {
        return "ChannelData[channel=" + channel + ", data=" + data + "]";
    }
}
