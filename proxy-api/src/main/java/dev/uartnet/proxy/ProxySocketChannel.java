package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of the device, as an ordinary Netty channel.
 *
 * <pre>{@code
 * new Bootstrap()
 *         .group(anyGroup)
 *         .channelFactory(() -> new ProxySocketChannel(client))
 *         .handler(...)
 *         .connect(InetSocketAddress.createUnresolved("example.org", 80));
 * }</pre>
 *
 * <p>It runs on any event loop, also another one than the link's. A name that is not resolved yet is resolved by the device; a
 * {@link io.netty.bootstrap.Bootstrap} resolves it first, by {@link ProxyClient#resolver()} if that is its resolver, unless it is
 * told to leave that alone ({@code disableResolver()}).
 *
 * <p><b>Reading.</b> The device sends at most the receive window ({@code SO_RCVBUF}, default 64 KiB) ahead of what was read;
 * {@code autoRead}, {@code read()} and the messages per read loop hold as for any channel. The buffers are those of the frames, or
 * slices of them: the {@link io.netty.channel.RecvByteBufAllocator} decides how many bytes a read has at most, and how many reads a loop
 * has; it allocates none.
 *
 * <p><b>Writing.</b> A write succeeds when its bytes are in the channel's send buffer ({@code SO_SNDBUF}, default 16 KiB), as with a
 * socket of this host; they leave it as the device's credit and the line allow. {@code close()} sends first what is in it and what was flushed, for
 * at most 30 s or {@code SO_LINGER}; with {@code SO_LINGER} 0 it resets the connection. The bytes of a {@link
 * FileRegion} are read on threads of Reactor's {@code boundedElastic()}, as reading a file may block.
 *
 * <p><b>Errors.</b> A failed connect has the exceptions of this host's own sockets: {@link java.net.ConnectException},
 * {@link ConnectTimeoutException}, {@link java.net.UnknownHostException}, {@link java.net.NoRouteToHostException},
 * {@link java.net.SocketException}; when the link ends, connect, pending writes and {@code exceptionCaught} have {@link LinkLostException}. What the device said, with its
 * errno, is in the message, and in {@link RemoteError#of}.
 *
 * <p><b>While the link is down</b> a connect waits for the next session, at most for {@code CONNECT_TIMEOUT_MILLIS} (0: until the client is
 * closed), or fails at once: {@link ProxyConnector#whileDown}. One that the end of a session meets, and that the device has surely not
 * seen, waits likewise; else it fails, and {@link LinkLostException#mayHaveRun} says so. An open connection belongs to its session
 * and ends with it.
 *
 * <p><b>Binding.</b> {@code bind}, or the local address of {@code connect}, chooses the device's own address and port, 0 for any; the device is
 * asked with the connect, which then fails with {@link java.net.BindException} if it cannot be.
 */
public final class ProxySocketChannel extends HalfClosableChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private enum State {
        OPEN,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    private final Sessions sessions;
    private final ProxySocketChannelConfig config = new ProxySocketChannelConfig(this);
    private final StreamReading reading = new StreamReading(this);
    private final StreamWriting writing = new StreamWriting(this);
    private final RemoteOptions options = new RemoteOptions(
            this,
            config::remoteOptions,
            (name, value, onFailure) -> link().setOption(name, value, onFailure),
            config::refused);

    private volatile State state = State.OPEN;

    // All below: this channel's event loop.

    private @Nullable StreamConnecting connecting;
    /** To the session that the connection belongs to. */
    private @Nullable StreamLink link;

    private boolean remoteGone;
    /** It is closed before all was written that was flushed. */
    private boolean cutShort;

    /**
     * Creates a channel that is to be registered and connected, mostly by a {@link io.netty.bootstrap.Bootstrap}.
     *
     * @param network whose device opens the connection
     */
    public ProxySocketChannel(ProxyNetwork network) {
        super(null);
        sessions = network.sessions();
    }

    /**
     * A connection that came in. On the link's event loop; nothing is delivered before it is registered.
     *
     * @param window bytes that the device may send at first
     */
    ProxySocketChannel(
            ProxyServerSocketChannel parent, ChannelMultiplexer multiplexer, ChannelAccept accept, int window) {
        super(parent);
        sessions = parent.sessions();
        config.setReceiveBufferSize(window);
        setLocalAddress(accept.local());
        setRemoteAddress(accept.remote());
        reading.start(window);
        writing.start(config.getSendBufferSize());
        state = State.CONNECTED;
        link = new StreamLink(this, multiplexer, accept, window);
    }

    // ---- what kind of channel this is

    @Override
    public ProxySocketChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.CONNECTED;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        super.doRegister(promise);
        if (link != null) {
            options.apply();
            link.registered();
        }
    }

    // ---- connecting

    @Override
    protected void doBind(@Nullable SocketAddress localAddress) {
        if (state != State.OPEN || localAddress() != null) {
            throw new AlreadyBoundException();
        }
        setLocalAddress(StreamConnecting.localAddress(localAddress));
    }

    private final class StreamUnsafe extends UnwatchedUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            if (state == State.CONNECTED) {
                promise.tryFailure(new AlreadyConnectedException());
            } else if (state == State.CONNECTING) {
                promise.tryFailure(new ConnectionPendingException());
            } else if (remoteAddress instanceof InetSocketAddress address) {
                try {
                    StreamConnecting.requireTlsFor(config.deviceTls(), address);
                    if (localAddress != null) {
                        doBind(localAddress);
                    }
                } catch (SSLException | IllegalStateException | IllegalArgumentException e) {
                    promise.tryFailure(e);
                    return;
                }
                state = State.CONNECTING;
                connecting = new StreamConnecting(ProxySocketChannel.this, sessions, address, promise);
                connecting.start();
            } else {
                promise.tryFailure(new UnsupportedAddressTypeException());
            }
        }

        @Override
        public void close(ChannelPromise promise) {
            ChannelOutboundBuffer flushed = outboundBuffer();
            if (!hasFailed()
                    && state == State.CONNECTED
                    && flushed != null
                    && !config.linger().isZero()) {
                cutShort = !writing.takeAll(flushed);
            }
            super.close(promise);
        }
    }

    private StreamUnsafe streamUnsafe() {
        return (StreamUnsafe) unsafe();
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    /** Makes ready for a connection that a session is asked for; returns the options to ask with. */
    Map<String, Object> connectingBy(StreamLink side) {
        link = side;
        reading.start(config.getReceiveBufferSize());
        writing.start(config.getSendBufferSize());
        return options.atConnect(localAddress());
    }

    /** A session has not opened the connection. */
    void openFailed(StreamLink side, Throwable cause) {
        if (side == link && connecting != null) {
            connecting.failedIn(cause);
        }
    }

    void connected(InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
        StreamConnecting connecting = this.connecting;
        if (state != State.CONNECTING || connecting == null) {
            return;
        }
        this.connecting = null;
        setLocalAddress(localAddress);
        setRemoteAddress(remoteAddress);
        state = State.CONNECTED;
        options.apply();
        boolean wanted = connecting.succeeded();
        // What happened is what happened, as with all channels: active also if somebody has just cancelled.
        pipeline().fireChannelActive();
        if (!wanted) {
            unsafe().close(voidPromise());
        }
    }

    // ---- closing

    /** The connection is gone at once, with whatever was under way. */
    void fail(IOException cause) {
        if (connecting != null) {
            connecting.openFailed(cause);
        }
        if (state == State.CONNECTED) {
            setFailure(cause);
            remoteGone = true;
            pipeline().fireExceptionCaught(cause);
            unsafe().close(voidPromise());
        }
    }

    /** Resets a connection that came in, and that nobody has taken. */
    void abort() {
        config.setSoLinger(0);
        unsafe().closeForcibly();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        State before = state;
        state = State.CLOSED;
        if (connecting != null) {
            connecting.closed();
        }
        reading.close();
        writing.shutdown();
        StreamLink side = link;
        if (side == null) {
            return;
        }
        if (!isRegistered()) {
            side.closeUnregistered(config.linger());
        } else if (before == State.CONNECTING || (before == State.CONNECTED && !remoteGone)) {
            // What is cut short must not look whole.
            side.close(cutShort ? Duration.ZERO : config.linger());
        }
    }

    // ---- what comes from the device: on this channel's event loop

    /** Returns the way to the device; there is one when the channel is connected, and still when it is closed. */
    StreamLink link() {
        return Objects.requireNonNull(link);
    }

    /** What has come, until it is read. */
    StreamReading reading() {
        return reading;
    }

    void sent(int bytes) {
        writing.sent(bytes);
        flushWaiting();
    }

    void closedByDevice(ChannelClose close) {
        remoteGone = true;
        IOException cause = close.code() == ErrorCode.NONE ? null : RemoteFailure.ofClose(close);
        setFailure(cause);
        reading.ended(cause);
        writing.failed(cause);
        // Writes that wait now fail.
        flushWaiting();
    }

    /** Goes on with writes that waited. */
    void flushWaiting() {
        if (state == State.CONNECTED) {
            streamUnsafe().flushWaiting();
        }
    }

    // ---- reading and writing

    @Override
    protected void doBeginRead() {
        reading.begin();
    }

    /** Auto-read was switched off, by any thread. */
    void clearReadPending() {
        reading.clearPending();
    }

    @Override
    protected Object filterOutboundMessage(Object msg) {
        if (msg instanceof ByteBuf || msg instanceof FileRegion) {
            return msg;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(msg) + " (expected: ByteBuf, FileRegion)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws IOException {
        writing.write(in);
    }

    /** An option of the connection has changed, by any thread. */
    void optionsChanged() {
        onOwnLoop(() -> {
            if (state == State.CONNECTED) {
                reading.setWindow(config.getReceiveBufferSize());
                if (writing.setSize(config.getSendBufferSize())) {
                    flushWaiting();
                }
                if (isRegistered()) {
                    options.apply();
                }
            }
        });
    }

    // ---- half-closure

    @Override
    public boolean isInputShutdown() {
        return reading.isShutdown() || !isActive();
    }

    @Override
    public boolean isOutputShutdown() {
        return writing.isShutdown() || !isActive();
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        return whileConnected(promise, () -> streamUnsafe().shutdownOutput(promise));
    }

    @Override
    protected void doShutdownOutput() {
        writing.shutdown();
        link().shutdownOutput();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return whileConnected(promise, () -> {
            reading.shutdown();
            promise.trySuccess();
        });
    }

    private ChannelFuture whileConnected(ChannelPromise promise, Runnable task) {
        onOwnLoop(() -> {
            if (state == State.CONNECTED) {
                task.run();
            } else {
                promise.tryFailure(isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
            }
        });
        return promise;
    }
}
