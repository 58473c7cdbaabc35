package dev.uartnet.proxy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import org.jspecify.annotations.Nullable;

/** What all of a {@link DatagramChannel}'s methods for multicast do where there is none: their promises fail. */
abstract class UnicastDatagramChannel extends UnwatchedChannel implements DatagramChannel {
    UnicastDatagramChannel() {
        super(null);
    }

    private static ChannelFuture unsupported(ChannelPromise promise) {
        return promise.setFailure(
                new UnsupportedOperationException("a datagram socket of the device has no multicast groups"));
    }

    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress, ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetSocketAddress multicastAddress, NetworkInterface networkInterface, ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress multicastAddress, NetworkInterface networkInterface, @Nullable InetAddress source) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress multicastAddress,
            NetworkInterface networkInterface,
            @Nullable InetAddress source,
            ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress, ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetSocketAddress multicastAddress, NetworkInterface networkInterface, ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress multicastAddress, NetworkInterface networkInterface, @Nullable InetAddress source) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress multicastAddress,
            NetworkInterface networkInterface,
            @Nullable InetAddress source,
            ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture block(
            InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress sourceToBlock) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture block(
            InetAddress multicastAddress,
            NetworkInterface networkInterface,
            InetAddress sourceToBlock,
            ChannelPromise future) {
        return unsupported(future);
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, InetAddress sourceToBlock) {
        return unsupported(newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, InetAddress sourceToBlock, ChannelPromise future) {
        return unsupported(future);
    }
}
