package dev.uartnet.proxy;

import io.netty.channel.ChannelPromise;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One bind of a {@link ProxyDatagramChannel}: from the request until its promise is done, and that of a connect that waits for it. On the
 * channel's event loop.
 */
final class DatagramBinding implements Opening.Socket {
    private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
    private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

    private final ProxyDatagramChannel channel;
    private final InetSocketAddress local;
    private final Opening opening;

    /** Null: nobody has asked for it, it is for a connect or a write. */
    private final @Nullable ChannelPromise bindPromise;

    private @Nullable ChannelPromise connectPromise;
    /** What the channel becomes connected to when it is bound. */
    private @Nullable InetSocketAddress peer;

    DatagramBinding(
            ProxyDatagramChannel channel,
            Sessions sessions,
            InetSocketAddress local,
            @Nullable ChannelPromise bindPromise) {
        this.channel = channel;
        this.local = local;
        this.bindPromise = bindPromise;
        opening = new Opening(sessions, channel.eventLoop(), channel.config().getConnectTimeoutMillis(), this);
    }

    /** Says why an address can be none of a datagram's; null if it can. */
    static @Nullable RuntimeException unusable(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return new UnsupportedAddressTypeException();
        }
        return inet.isUnresolved() ? new UnresolvedAddressException() : null;
    }

    /** Returns any address that can reach the peer. */
    static InetSocketAddress anyFor(InetSocketAddress peer) {
        return peer.getAddress() instanceof Inet6Address ? ANY_IPV6 : ANY_IPV4;
    }

    void start() {
        opening.start();
    }

    boolean isConnecting() {
        return connectPromise != null;
    }

    /** When it is bound, the channel is connected, too. */
    void connect(InetSocketAddress remote, ChannelPromise promise) {
        peer = remote;
        connectPromise = promise;
    }

    /** It is not to be connected any more. */
    void disconnect() {
        peer = null;
        ChannelPromise promise = connectPromise;
        if (promise != null) {
            connectPromise = null;
            promise.tryFailure(new SocketException("disconnected before the socket was bound"));
        }
    }

    @Nullable
    InetSocketAddress peer() {
        return peer;
    }

    // ---- how it ends

    /** The session that was asked has failed it. */
    void failedIn(Throwable cause) {
        opening.failed(cause);
    }

    @Override
    public void openIn(ChannelMultiplexer session, Duration left) {
        channel.bindIn(session, local, left);
    }

    @Override
    public void openFailed(Throwable cause) {
        channel.bindFailed(this, cause);
    }

    @Override
    public Throwable timedOut(int millis) {
        return new SocketTimeoutException("the device did not answer within " + millis + " ms: bind to " + local);
    }

    /** There is a socket. */
    void succeeded() {
        opening.end();
        if (bindPromise != null) {
            bindPromise.trySuccess();
        }
        if (connectPromise != null) {
            connectPromise.trySuccess();
        }
    }

    /** There will be no socket. */
    void failed(Throwable cause) {
        opening.end();
        if (bindPromise != null) {
            bindPromise.tryFailure(cause);
        }
        if (connectPromise != null) {
            connectPromise.tryFailure(cause);
        }
    }
}
