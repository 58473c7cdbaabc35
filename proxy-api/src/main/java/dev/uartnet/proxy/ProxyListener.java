package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A TCP port of the device that takes connections from its network, as plain {@code Flux} and {@code Mono}.
 *
 * <pre>{@code
 * device.sockets()
 *         .listen(7)
 *         .flatMapMany(ProxyListener::accept)
 *         .flatMap(connection -> Mono.usingWhen( // closes it, also when this is cancelled
 *                 Mono.just(connection), c -> c.send(c.receive()).onErrorComplete(), ProxyConnection::close))
 * }</pre>
 */
public final class ProxyListener {
    private final InboundFlux<ProxyConnection> inbound;
    private final Outbound outbound;

    /**
     * @param group has the connections' event loops
     * @param options sets those of a connection
     */
    ProxyListener(EventLoopGroup group, Consumer<Channel> options) {
        inbound = new InboundFlux<ProxyConnection>(
                        message -> connection((ProxySocketChannel) message, group, options),
                        connection -> ChannelMono.reset(connection.channel()))
                .whenCancelled(this::closeNow)
                .completesWhenClosed();
        outbound = new Outbound(inbound);
    }

    private static ProxyConnection connection(
            ProxySocketChannel child, EventLoopGroup group, Consumer<Channel> options) {
        ProxyConnection connection = new ProxyConnection();
        connection.of(child);
        try {
            options.accept(child);
        } catch (RuntimeException e) {
            // An option that a connection of this device does not take.
            child.unsafe().closeForcibly();
            throw e;
        }
        child.pipeline().addLast(connection.handler());
        group.register(child).addListener(registered -> {
            if (!registered.isSuccess()) {
                child.unsafe().closeForcibly();
            }
        });
        return connection;
    }

    private void closeNow() {
        inbound.closing();
        inbound.channel().close();
    }

    /** Belongs into the channel's pipeline. */
    ChannelHandler handler() {
        return inbound.handler();
    }

    /**
     * Emits the connections that come in.
     *
     * <p>Demand reaches the device: it takes one connection from its network for each that is asked for; the others wait in its backlog. Each
     * emitted connection is its receiver's, who closes it. Completes when the listener is closed from here, and fails with {@link
     * LinkLostException} or {@link java.net.SocketException} when it ends by itself.
     *
     * @return for one subscriber. Cancelling closes the listener; the connections that were emitted live on
     */
    public Flux<ProxyConnection> accept() {
        return inbound;
    }

    /**
     * Stops listening; the connections that were emitted live on.
     *
     * @return completes when it is closed here; does it when subscribed to, also if it is closed already
     */
    public Mono<Void> close() {
        return outbound.close();
    }

    /** Completes when the listener is closed, for any reason. */
    public Mono<Void> onClose() {
        return outbound.onClose();
    }

    /** Returns the device's address and port; with port 0 asked for, the one that it has chosen. */
    public InetSocketAddress localAddress() {
        return Objects.requireNonNull(channel().localAddress());
    }

    /** Returns the Netty channel below, for its options and attributes; its reads are this object's. */
    public ProxyServerSocketChannel channel() {
        return (ProxyServerSocketChannel) inbound.channel();
    }

    @Override
    public String toString() {
        return "ProxyListener[" + channel().localAddress() + "]";
    }
}
