package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Between a {@link ProxySocketChannel} and the {@link ProxiedStream} of its connection, each on its own event loop. */
final class StreamLink implements ProxiedStream.Socket, LoopCrossing.Socket {
    private final ProxySocketChannel channel;
    private final LoopCrossing crossing;
    private final ProxiedStream stream;

    /** For a connection that is to be opened. */
    StreamLink(ProxySocketChannel channel, ChannelMultiplexer multiplexer) {
        this.channel = channel;
        crossing = new LoopCrossing(multiplexer, channel::eventLoop, this);
        stream = new ProxiedStream(multiplexer, this);
    }

    /** For a connection that came in, on the link's loop: its channel has no loop yet. */
    StreamLink(ProxySocketChannel channel, ChannelMultiplexer multiplexer, ChannelAccept accept, int window) {
        this.channel = channel;
        crossing = LoopCrossing.held(multiplexer, channel::eventLoop, this);
        stream = new ProxiedStream(multiplexer, this, accept, window);
    }

    ProxiedStream stream() {
        return stream;
    }

    // ---- down: the channel's loop

    /** The channel has its loop now. */
    void registered() {
        crossing.socketRegistered();
    }

    void connect(
            InetSocketAddress address,
            int window,
            Duration timeout,
            Map<String, Object> options,
            @Nullable DeviceTls tls) {
        crossing.down(() -> stream.connect(address, window, timeout, options, tls));
    }

    void send(List<ByteBuf> buffers) {
        if (!crossing.down(() -> stream.send(buffers))) {
            buffers.forEach(ByteBuf::release);
        }
    }

    void grant(int bytes) {
        crossing.down(() -> stream.grant(bytes));
    }

    /** Sets an option of the open connection. The failure comes on the channel's loop. */
    void setOption(String name, Object value, Consumer<Throwable> onFailure) {
        crossing.down(() -> stream.setOption(name, value, cause -> crossing.up(() -> onFailure.accept(cause))));
    }

    void shutdownOutput() {
        crossing.down(stream::shutdownOutput);
    }

    void close(Duration linger) {
        crossing.down(() -> stream.close(linger));
    }

    /** Likewise for a channel that has no loop, and never will. From any thread. */
    void closeUnregistered(Duration linger) {
        boolean linked = crossing.down(() -> {
            stream.close(linger);
            crossing.drop();
        });
        if (!linked) {
            crossing.drop();
        }
    }

    // ---- up: the link's loop

    @Override
    public void onConnected(InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
        crossing.up(() -> channel.connected(localAddress, remoteAddress));
    }

    @Override
    public void onOpenFailed(Throwable cause) {
        crossing.up(() -> channel.openFailed(this, cause));
    }

    @Override
    public void onData(ByteBuf data) {
        crossing.upMessage(data);
    }

    @Override
    public void onEof() {
        crossing.up(channel::endOfInput);
    }

    @Override
    public void onSent(int bytes) {
        crossing.up(() -> channel.sent(bytes));
    }

    @Override
    public void onClosed(ChannelClose close) {
        crossing.up(() -> channel.closedByDevice(close));
    }

    @Override
    public void onFailed(IOException cause) {
        crossing.up(() -> channel.fail(cause));
    }

    // ---- the channel's loop again

    @Override
    public void received(Object message) {
        channel.received((ByteBuf) message);
    }

    @Override
    public void dropped(Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void delivered() {
        channel.delivered();
    }

    @Override
    public void linkLoopGone(LinkLostException cause) {
        channel.fail(cause);
    }

    // ---- the link's loop: the channel's is gone

    @Override
    public void socketLoopGone() {
        stream.close(Duration.ZERO);
    }
}
