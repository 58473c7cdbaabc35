package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A TCP connection of the device, as plain {@code Flux} and {@code Mono}.
 *
 * <pre>{@code
 * Mono.usingWhen(
 *         device.sockets().connect("example.org", 7),
 *         connection -> connection
 *                 .send(Mono.just(Unpooled.copiedBuffer("hello", UTF_8)))
 *                 .then(connection.shutdownOutput())
 *                 .thenMany(connection.receive())
 *                 .reduce(0, (bytes, part) -> bytes + part.readableBytes()),
 *         ProxyConnection::close)
 * }</pre>
 *
 * <p>Signals come on the connection's event loop, which must not be blocked. Every method may be called on any thread.
 *
 * <p><b>Buffers.</b> What {@link #receive} emits belongs to who gets it: heap buffers that the garbage collector clears away. They may be
 * kept, collected and passed on, and need not be released. What {@link #send} gets, it releases.
 *
 * <p><b>The end.</b> A connection stays open until {@link #close} or {@link #reset}, until it fails, or until both directions have
 * ended: the peer's by its FIN, this one by {@link #shutdownOutput}.
 */
public final class ProxyConnection {
    private final InboundFlux<ByteBuf> inbound;
    private final Outbound outbound;

    ProxyConnection() {
        inbound = new InboundFlux<ByteBuf>(ProxyConnection::copy, ReferenceCountUtil::release)
                .whenInputEnds(this::closeIfDone);
        outbound = new Outbound(inbound);
    }

    private static ByteBuf copy(Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            return Unpooled.wrappedBuffer(ByteBufUtil.getBytes(frame));
        } finally {
            frame.release();
        }
    }

    /** Belongs into the channel's pipeline. */
    ChannelHandler handler() {
        return inbound.handler();
    }

    /** The connection of a channel that is about to be registered. */
    void of(Channel channel) {
        inbound.of(channel);
    }

    /**
     * Emits what the peer sends, in order, and completes behind its last byte (FIN).
     *
     * <p>Demand reaches the peer: as many buffers (of at most a frame, about 1,000 bytes) are read as are asked for; then the device is
     * sent no more credit than the receive window ({@code SO_RCVBUF}), and the peer waits. Fails with {@link java.net.SocketException}
     * (reset), {@link LinkLostException}, and with {@link java.nio.channels.ClosedChannelException} if the connection was closed from here
     * before the peer's end.
     *
     * @return for one subscriber at a time. Cancelling stops reading; the connection stays open, and the next subscriber goes on where this one has
     *     stopped
     */
    public Flux<ByteBuf> receive() {
        return inbound;
    }

    /**
     * Sends buffers, and releases them.
     *
     * <p>Asks for the next one when the last was taken into the send buffer ({@code SO_SNDBUF}, default 16,384 bytes), so that a publisher is
     * asked for no more than line and peer take. Several sends at once are mixed, buffer by buffer.
     *
     * @param data if it fails, sending fails with it; what was emitted before is sent
     * @return completes when the last one was taken; fails with the reason if the connection ends before. Cancelling cancels the
     *     publisher; the connection stays open
     */
    public Mono<Void> send(Publisher<? extends ByteBuf> data) {
        Objects.requireNonNull(data);
        return outbound.<ByteBuf>send(data, outbound::write)
                .doOnDiscard(ByteBuf.class, ReferenceCountUtil::safeRelease);
    }

    /**
     * Ends this direction: the peer gets a FIN behind all that was sent, and can still be received from.
     *
     * @return completes when that is on its way; does it when subscribed to
     */
    public Mono<Void> shutdownOutput() {
        return Mono.defer(() -> Outbound.whenDone(socket().shutdownOutput()))
                .then(Mono.fromRunnable(() -> channel().eventLoop().execute(this::closeIfDone)));
    }

    /** Both directions have ended: there is nothing more to do here. */
    private void closeIfDone() {
        if (inbound.hasEnded() && socket().isOutputShutdown()) {
            socket().close();
        }
    }

    private ProxySocketChannel socket() {
        return (ProxySocketChannel) inbound.channel();
    }

    /**
     * Closes the connection: what was sent goes out first, for at most 30 s or {@code SO_LINGER}. Who receives gets no more.
     *
     * @return completes when it is closed here; does it when subscribed to, also if it is closed already
     */
    public Mono<Void> close() {
        return outbound.close();
    }

    /**
     * Ends the connection at once, and drops what has not been sent: the peer gets a RST, so that what was cut short does not look whole.
     *
     * @return as {@link #close}
     */
    public Mono<Void> reset() {
        return outbound.reset();
    }

    /** Completes when the connection is closed, for any reason. */
    public Mono<Void> onClose() {
        return outbound.onClose();
    }

    /** Returns the device's address and port. */
    public InetSocketAddress localAddress() {
        return socket().localAddress();
    }

    /** Returns the peer's address and port. */
    public InetSocketAddress remoteAddress() {
        return socket().remoteAddress();
    }

    /** Returns the Netty channel below, for its options and attributes; its reads are this object's. */
    public ProxySocketChannel channel() {
        return socket();
    }

    @Override
    public String toString() {
        return "ProxyConnection[" + localAddress() + " to " + remoteAddress() + "]";
    }
}
