package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A UDP socket of the device, as plain {@code Flux} and {@code Mono}.
 *
 * <pre>{@code
 * device.sockets()
 *         .udp(7)
 *         .flatMap(socket -> socket.send(socket.receive()))
 * }</pre>
 *
 * <p>Signals come on the socket's event loop, which must not be blocked. Every method may be called on any thread. Buffers as in {@link
 * ProxyConnection}: what is received is garbage-collected heap, what is sent is released.
 */
public final class ProxyDatagramSocket {
    private final ProxyNetwork network;
    private final InboundFlux<ProxyDatagram> inbound;
    private final Outbound outbound;

    ProxyDatagramSocket(ProxyNetwork network) {
        this.network = network;
        inbound = new InboundFlux<>(ProxyDatagramSocket::copy, ProxyDatagramSocket::discard).completesWhenClosed();
        outbound = new Outbound(inbound);
    }

    private static ProxyDatagram copy(Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            return new ProxyDatagram(packet.sender(), Unpooled.wrappedBuffer(ByteBufUtil.getBytes(packet.content())));
        } finally {
            packet.release();
        }
    }

    private static void discard(ProxyDatagram datagram) {
        ReferenceCountUtil.safeRelease(datagram.data());
    }

    /** Belongs into the channel's pipeline. */
    ChannelHandler handler() {
        return inbound.handler();
    }

    /**
     * Emits the datagrams that come in, each with its sender. As with all UDP, some may be missing, and they may come in another order.
     *
     * <p>Demand reaches the device: it sends what the receive window ({@code SO_RCVBUF}) holds ahead of what was asked for, and drops what
     * comes beyond ({@link ProxyDatagramChannel#droppedDatagrams()} counts). Completes when the socket is closed from here, and fails with {@link
     * LinkLostException} or {@link java.net.SocketException} when it ends by itself; that a datagram was not delivered (ICMP) ends nothing.
     *
     * @return for one subscriber at a time. Cancelling stops reading; the socket stays open
     */
    public Flux<ProxyDatagram> receive() {
        return inbound;
    }

    /**
     * Sends datagrams, and releases their buffers. A name is resolved by the device.
     *
     * @param datagrams if it fails, sending fails with it
     * @return completes when the device has been handed the last one, or it waits in the send buffer ({@code SO_SNDBUF}); fails with {@link
     *     java.net.SocketException} for one that is too long, with {@link java.net.UnknownHostException}, and if the socket ends before. Cancelling
     *     cancels the publisher; the socket stays open
     */
    public Mono<Void> send(Publisher<ProxyDatagram> datagrams) {
        Objects.requireNonNull(datagrams);
        return outbound.send(datagrams, this::send).doOnDiscard(ProxyDatagram.class, ProxyDatagramSocket::discard);
    }

    private Mono<Void> send(ProxyDatagram datagram) {
        InetSocketAddress peer = datagram.peer();
        if (!peer.isUnresolved()) {
            return outbound.write(new DatagramPacket(datagram.data(), peer));
        }
        ByteBuf data = datagram.data();
        Mono<InetAddress> address = network.resolve(peer.getHostString()).next();
        return Mono.usingWhen(
                Mono.just(data),
                held -> address.flatMap(resolved -> outbound.write(
                        new DatagramPacket(held.retain(), new InetSocketAddress(resolved, peer.getPort())))),
                held -> Mono.fromRunnable(held::release));
    }

    /**
     * Closes the socket; what waits in the send buffer goes out first.
     *
     * @return completes when it is closed here; does it when subscribed to, also if it is closed already
     */
    public Mono<Void> close() {
        return outbound.close();
    }

    /** Completes when the socket is closed, for any reason. */
    public Mono<Void> onClose() {
        return outbound.onClose();
    }

    /** Returns the device's address and port; with port 0 asked for, the one that it has chosen. */
    public InetSocketAddress localAddress() {
        return Objects.requireNonNull(channel().localAddress());
    }

    /** Returns the bytes of the largest datagram that the device can send. */
    public int largestDatagram() {
        return channel().largestDatagram();
    }

    /** Returns the Netty channel below, for its options and attributes; its reads are this object's. */
    public ProxyDatagramChannel channel() {
        return (ProxyDatagramChannel) inbound.channel();
    }

    @Override
    public String toString() {
        return "ProxyDatagramSocket[" + channel().localAddress() + "]";
    }
}
