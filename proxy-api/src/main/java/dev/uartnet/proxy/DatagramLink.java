package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way between a {@link ProxyDatagramChannel} and its {@link ProxiedDatagrams} in one session. */
final class DatagramLink implements ProxiedDatagrams.Socket, LoopCrossing.Socket {
    /** The channel's side. On its event loop. */
    interface Socket {
        /** Returns whether it wants to hear of this link still: an earlier bind's is heard no more. */
        boolean hears(DatagramLink link);

        void bound(InetSocketAddress local, int largest);

        void openFailed(Throwable cause);

        /** Takes over the datagram. */
        void received(DatagramPacket datagram);

        /** What has come so far is delivered. */
        void delivered();

        /** Room in the send buffer is free again. */
        void sent(int cost);

        void dropped(long datagrams, long bytes);

        void datagramFailed(IOException cause);

        /** The device's socket is gone, or the link. */
        void gone(IOException cause);
    }

    private final Socket socket;
    private final LoopCrossing crossing;
    private final ProxiedDatagrams datagrams;

    DatagramLink(ChannelMultiplexer multiplexer, Supplier<EventLoop> loop, Socket socket) {
        this.socket = socket;
        crossing = new LoopCrossing(multiplexer, loop, this);
        datagrams = new ProxiedDatagrams(multiplexer, this);
    }

    // ---- down: the channel's loop

    void bind(InetSocketAddress address, int window, Duration timeout, Map<String, Object> options) {
        crossing.down(() -> datagrams.bind(address, window, timeout, options));
    }

    /** Takes over the content. */
    void send(InetSocketAddress recipient, ByteBuf content) {
        if (!crossing.down(() -> datagrams.send(recipient, content))) {
            content.release();
        }
    }

    void grant(int bytes) {
        crossing.down(() -> datagrams.grant(bytes));
    }

    void setOption(String name, Object value, Consumer<Throwable> onFailure) {
        crossing.down(() -> datagrams.setOption(name, value, cause -> up(() -> onFailure.accept(cause))));
    }

    void close() {
        crossing.down(datagrams::close);
    }

    // ---- up: the link's loop

    @Override
    public void onBound(InetSocketAddress local, int largest) {
        up(() -> socket.bound(local, largest));
    }

    @Override
    public void onOpenFailed(Throwable cause) {
        up(() -> socket.openFailed(cause));
    }

    @Override
    public void onDatagram(DatagramPacket datagram) {
        crossing.upMessage(datagram);
    }

    @Override
    public void onSent(int cost) {
        up(() -> socket.sent(cost));
    }

    @Override
    public void onDropped(long datagrams, long bytes) {
        up(() -> socket.dropped(datagrams, bytes));
    }

    @Override
    public void onDatagramFailed(IOException cause) {
        up(() -> socket.datagramFailed(cause));
    }

    @Override
    public void onClosed(ChannelClose close) {
        IOException cause = RemoteFailure.ofDatagramClose(close);
        up(() -> socket.gone(cause));
    }

    @Override
    public void onFailed(IOException cause) {
        up(() -> socket.gone(cause));
    }

    private void up(Runnable task) {
        crossing.up(() -> {
            if (socket.hears(this)) {
                task.run();
            }
        });
    }

    // ---- the channel's loop again

    @Override
    public void received(Object message) {
        if (socket.hears(this)) {
            socket.received((DatagramPacket) message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void dropped(Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void delivered() {
        socket.delivered();
    }

    @Override
    public void linkLoopGone(LinkLostException cause) {
        if (socket.hears(this)) {
            socket.gone(cause);
        }
    }

    @Override
    public void socketLoopGone() {
        datagrams.close();
    }
}
