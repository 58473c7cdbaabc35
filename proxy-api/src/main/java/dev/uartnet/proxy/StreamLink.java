package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/** Between a {@link ProxySocketChannel} and the {@link ProxiedStream} of its connection, each on its own event loop. */
final class StreamLink implements ProxiedStream.Socket, LoopCrossing.Socket {
    private static final int OUTGOING = 16;

    private final ProxySocketChannel channel;
    private final LoopCrossing crossing;
    private final ProxiedStream stream;

    // What goes over for each few frames is counted and queued here, and the tasks that take it over are always the
    // same.

    private final Queue<ByteBuf> outgoing = Queues.<ByteBuf>unbounded(OUTGOING).get();
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final Runnable sending = this::sendOutgoing;
    private final Runnable granting = this::grantGranted;
    private final Runnable sentBytes = this::takeSent;

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

    /** Takes over a buffer for the line, which leaves with the next {@link #send}. */
    void add(ByteBuf buffer) {
        outgoing.add(buffer);
    }

    void send() {
        if (!crossing.down(sending)) {
            crossing.onLinkLoopTerminated(this::releaseOutgoing);
        }
    }

    private void releaseOutgoing() {
        for (ByteBuf buffer = outgoing.poll(); buffer != null; buffer = outgoing.poll()) {
            buffer.release();
        }
    }

    void grant(int bytes) {
        granted.addAndGet(bytes);
        crossing.down(granting);
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
            crossing.socketUnregistered();
        });
        if (!linked) {
            crossing.socketUnregistered();
        }
    }

    // ---- the link's loop

    private void sendOutgoing() {
        stream.send(outgoing);
    }

    private void grantGranted() {
        int bytes = granted.getAndSet(0);
        if (bytes > 0) {
            stream.grant(bytes);
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
        crossing.up(() -> channel.reading().ended(null));
    }

    @Override
    public void onSent(int bytes) {
        if (sent.getAndAdd(bytes) == 0) {
            crossing.up(sentBytes);
        }
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

    private void takeSent() {
        channel.sent(sent.getAndSet(0));
    }

    @Override
    public void received(Object message) {
        channel.reading().received((ByteBuf) message);
    }

    @Override
    public void dropped(Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void delivered() {
        channel.reading().readIfWanted();
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
