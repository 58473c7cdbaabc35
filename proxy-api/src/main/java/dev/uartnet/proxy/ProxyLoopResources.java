package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import reactor.netty.resources.LoopResources;

/** Makes reactor-netty's clients open {@link ProxySocketChannel}s, on the event loops of other resources. */
final class ProxyLoopResources implements LoopResources {
    private final ProxyClient client;
    private final LoopResources loops;

    ProxyLoopResources(ProxyClient client, LoopResources loops) {
        this.client = client;
        this.loops = loops;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        requireSocket(type);
        return type.cast(new ProxySocketChannel(client));
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        requireSocket(type);
        return ProxySocketChannel.class.asSubclass(type);
    }

    private static void requireSocket(Class<?> type) {
        if (type != SocketChannel.class) {
            throw new UnsupportedOperationException("no " + type.getSimpleName()
                    + " over a serial line: this version has TCP client sockets (SocketChannel) only");
        }
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
    public boolean daemon() {
        // The loops belong to whoever made them: disposing of a client's resources leaves them alone.
        return true;
    }
}
