package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Between a {@link ProxyServerSocketChannel} and its {@link ProxiedListener}, each on its own event loop. */
final class ListenerLink implements ProxiedListener.Socket, LoopCrossing.Socket {
    private final ProxyServerSocketChannel channel;
    private final ChannelMultiplexer multiplexer;
    private final LoopCrossing crossing;
    private final ProxiedListener listener;

    ListenerLink(ProxyServerSocketChannel channel, ChannelMultiplexer multiplexer) {
        this.channel = channel;
        this.multiplexer = multiplexer;
        crossing = new LoopCrossing(multiplexer, channel::eventLoop, this);
        listener = new ProxiedListener(multiplexer, this);
    }

    // ---- down: the channel's loop

    void listen(InetSocketAddress address, int credit, Duration timeout) {
        ProxyServerSocketChannelConfig config = channel.config();
        int backlog = config.getBacklog();
        var options = config.remoteOptions();
        DeviceTls tls = config.deviceTls();
        crossing.down(() -> listener.listen(address, backlog, credit, timeout, options, tls));
    }

    void grant(int connections) {
        crossing.down(() -> listener.grant(connections));
    }

    void close() {
        crossing.down(listener::close);
    }

    // ---- up: the link's loop

    @Override
    public void onListening(InetSocketAddress localAddress) {
        crossing.up(() -> channel.bound(localAddress));
    }

    @Override
    public ProxiedStream onAccept(ChannelAccept accept) {
        ProxySocketChannel child = new ProxySocketChannel(
                channel, multiplexer, accept, channel.config().getReceiveBufferSize());
        crossing.upMessage(child);
        return child.link().stream();
    }

    @Override
    public void onOpenFailed(Throwable cause) {
        crossing.up(() -> channel.openFailed(this, cause));
    }

    @Override
    public void onClosed(ChannelClose close) {
        onFailed(RemoteFailure.ofListenerClose(close));
    }

    @Override
    public void onFailed(IOException cause) {
        crossing.up(() -> channel.fail(cause));
    }

    // ---- the channel's loop again

    @Override
    public void received(Object child) {
        channel.accepted((ProxySocketChannel) child);
    }

    @Override
    public void delivered() {
        channel.delivered();
    }

    @Override
    public void linkLoopGone(LinkLostException cause) {
        channel.fail(cause);
    }

    // ---- any thread: the channel's loop is gone

    @Override
    public void dropped(Object child) {
        ((ProxySocketChannel) child).abort();
    }

    @Override
    public void socketLoopGone() {
        listener.close();
    }
}
