package dev.uartnet.proxy;

import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The connect of a {@link ProxySocketChannel}: from the request until its promise is done. On the channel's event loop. */
final class StreamConnecting implements Opening.Socket {
    private final ProxySocketChannel channel;
    private final InetSocketAddress remote;
    private final ChannelPromise promise;
    private final Opening opening;

    StreamConnecting(ProxySocketChannel channel, Sessions sessions, InetSocketAddress remote, ChannelPromise promise) {
        this.channel = channel;
        this.remote = remote;
        this.promise = promise;
        opening = new Opening(sessions, channel.eventLoop(), channel.config().getConnectTimeoutMillis(), this);
    }

    /** Returns the address to bind to that a user has given. */
    static InetSocketAddress localAddress(@Nullable SocketAddress address) {
        if (address == null) {
            return new InetSocketAddress(0);
        }
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    /** Refuses what the device could not do. */
    static void requireTlsFor(@Nullable DeviceTls tls, InetSocketAddress remote) throws SSLException {
        String problem = tls == null ? null : tls.problem(ProxiedChannel.nameOf(remote));
        if (problem != null) {
            throw new SSLException(problem);
        }
    }

    void start() {
        promise.addListener(done -> {
            if (done.isCancelled()) {
                closeChannel();
            }
        });
        opening.start();
    }

    @Override
    public void openIn(ChannelMultiplexer session, Duration left) {
        StreamLink link = new StreamLink(channel, session);
        ProxySocketChannelConfig config = channel.config();
        link.connect(remote, config.getReceiveBufferSize(), left, channel.connectingBy(link), config.deviceTls());
    }

    /** The session that was asked has failed it. */
    void failedIn(Throwable cause) {
        opening.failed(cause);
    }

    @Override
    public void openFailed(Throwable cause) {
        if (channel.isConnecting() && promise.tryFailure(cause)) {
            closeChannel();
        }
    }

    @Override
    public Throwable timedOut(int millis) {
        return new ConnectTimeoutException("connection timed out after " + millis + " ms: " + remote);
    }

    /** There is a connection. Returns whether it is still wanted. */
    boolean succeeded() {
        opening.end();
        return promise.trySuccess();
    }

    /** The channel is closed. */
    void closed() {
        opening.end();
        promise.tryFailure(new ClosedChannelException());
    }

    private void closeChannel() {
        channel.unsafe().close(channel.voidPromise());
    }
}
