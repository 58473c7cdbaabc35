package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import reactor.netty.resources.LoopResources;

/** Makes reactor-netty's clients and servers open channels of the device, on the event loops of other resources. */
final class ProxyLoopResources implements LoopResources {
    private final ProxyNetwork network;
    private final LoopResources loops;

    ProxyLoopResources(ProxyNetwork network, LoopResources loops) {
        this.network = network;
        this.loops = loops;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        if (type == SocketChannel.class) {
            return type.cast(new ProxySocketChannel(network));
        }
        if (type == ServerSocketChannel.class) {
            return type.cast(network.newListener());
        }
        if (type == DatagramChannel.class) {
            return type.cast(new ProxyDatagramChannel(network));
        }
        throw unsupported(type);
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        if (type == SocketChannel.class) {
            return ProxySocketChannel.class.asSubclass(type);
        }
        if (type == ServerSocketChannel.class) {
            return ProxyServerSocketChannel.class.asSubclass(type);
        }
        if (type == DatagramChannel.class) {
            return ProxyDatagramChannel.class.asSubclass(type);
        }
        throw unsupported(type);
    }

    private static UnsupportedOperationException unsupported(Class<?> type) {
        return new UnsupportedOperationException(
                "no " + type.getSimpleName()
                        + " over a serial line: a device has SocketChannel, ServerSocketChannel and DatagramChannel (TCP and UDP)");
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return loops.onClient(useNative);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops.onServer(useNative);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return loops.onServerSelect(useNative);
    }

    @Override
    public boolean daemon() {
        // The loops belong to whoever made them: disposing of a client's resources leaves them alone.
        return true;
    }
}
