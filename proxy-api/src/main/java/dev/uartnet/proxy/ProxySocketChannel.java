package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

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
 * {@code autoRead}, {@code read()} and the messages per read loop hold as for any channel. The buffers are those of the frames: the
 * {@link RecvByteBufAllocator} decides how many are read at a time, and allocates none.
 *
 * <p><b>Writing.</b> A write succeeds when its bytes are in the channel's send buffer ({@code SO_SNDBUF}, default 16 KiB), as with a
 * socket of this host; they leave it as the device's credit and the line allow. {@code close()} sends what is in it first, for
 * at most 30 s or {@code SO_LINGER}; with {@code SO_LINGER} 0 it resets the connection.
 *
 * <p><b>Errors.</b> A failed connect has the exceptions of this host's own sockets: {@link java.net.ConnectException},
 * {@link ConnectTimeoutException}, {@link java.net.UnknownHostException}, {@link java.net.NoRouteToHostException},
 * {@link java.net.SocketException}; when the link ends, connect, pending writes and {@code exceptionCaught} have {@link LinkLostException}.
 *
 * <p><b>While the link is down</b> a connect waits for the next session, at most for {@code CONNECT_TIMEOUT_MILLIS} (0: until the client is
 * closed), or fails at once: {@link ProxyConnector#whileDown}. One that the end of a session meets, and that the device has surely not
 * seen, waits likewise; else it fails, and {@link LinkLostException#mayHaveRun} says so. An open connection belongs to its session
 * and ends with it.
 *
 * <p>A local address cannot be chosen: {@code bind} fails.
 */
public final class ProxySocketChannel extends AbstractChannel implements SocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private enum State {
        OPEN,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    private final Reconnection link;
    private final ProxySocketChannelConfig config = new ProxySocketChannelConfig(this);
    private final Runnable shutdownHook = this::eventLoopShutdown;

    private volatile State state = State.OPEN;
    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;

    // All below: this channel's event loop.

    private @Nullable ChannelPromise connectPromise;
    private @Nullable Future<?> connectTimeout;
    /** For a session of the link, before there is a link side. */
    private @Nullable Disposable waiting;
    /** The session's that the connection belongs to. */
    private @Nullable LinkSide linkSide;

    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();
    private boolean readPending;
    private boolean reading;
    /** No more bytes come: behind what is received is the end, or a failure. */
    private boolean inputEnded;

    private boolean inputEndSeen;
    private int receiveWindow;
    /** Bytes that were read and not yet granted again. */
    private int consumed;

    private int sendSpace;
    /** The connection or the link is gone: why nothing can be written, and what comes behind the received bytes. */
    private @Nullable IOException failure;

    private boolean remoteGone;

    /**
     * Creates a channel that is to be registered and connected, mostly by a {@link io.netty.bootstrap.Bootstrap}.
     *
     * @param client whose device opens the connection
     */
    public ProxySocketChannel(ProxyClient client) {
        super(null);
        link = client.link();
    }

    /**
     * A connection that came in. On the link's event loop; nothing is delivered before it is registered.
     *
     * @param window bytes that the device may send at first
     */
    ProxySocketChannel(
            ProxyServerSocketChannel parent,
            ProxyClient client,
            ChannelMultiplexer multiplexer,
            ChannelAccept accept,
            int window) {
        super(parent);
        link = client.link();
        config.setReceiveBufferSize(window);
        receiveWindow = window;
        sendSpace = config.getSendBufferSize();
        local = accept.local();
        remote = accept.remote();
        state = State.CONNECTED;
        linkSide = new LinkSide(multiplexer, accept, window);
    }

    /** Returns what the link sees of the connection. */
    ProxiedStream stream() {
        return connectedSide().stream;
    }

    // ---- what kind of channel this is

    /** Returns the channel that has accepted this one, null if none has. */
    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

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
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        // It has no descriptor that the loop would have to watch.
        return true;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new ProxyUnsafe();
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        // A loop that shuts down closes the channels that it watches; this one it does not know.
        if (eventLoop() instanceof SingleThreadEventExecutor loop) {
            loop.addShutdownHook(shutdownHook);
        }
        promise.setSuccess();
        LinkSide side = linkSide;
        if (side != null) {
            side.crossing.socketRegistered();
        }
    }

    @Override
    protected void doDeregister() {
        if (eventLoop() instanceof SingleThreadEventExecutor loop) {
            loop.removeShutdownHook(shutdownHook);
        }
    }

    private void eventLoopShutdown() {
        unsafe().close(newPromise());
    }

    // ---- connecting and closing

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("the device chooses the local address of a connection");
    }

    private final class ProxyUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            if (state == State.CONNECTED) {
                promise.tryFailure(new AlreadyConnectedException());
            } else if (state == State.CONNECTING) {
                promise.tryFailure(new ConnectionPendingException());
            } else if (localAddress != null) {
                promise.tryFailure(new UnsupportedOperationException(
                        "the device chooses the local address of a connection, it cannot be " + localAddress));
            } else if (remoteAddress instanceof InetSocketAddress address) {
                connect(address, promise);
            } else {
                promise.tryFailure(new UnsupportedAddressTypeException());
            }
        }

        private void connect(InetSocketAddress address, ChannelPromise promise) {
            state = State.CONNECTING;
            connectPromise = promise;
            receiveWindow = config.getReceiveBufferSize();
            sendSpace = config.getSendBufferSize();
            int timeoutMillis = config.getConnectTimeoutMillis();
            if (timeoutMillis > 0) {
                connectTimeout = eventLoop().schedule(() -> timedOut(address), timeoutMillis, TimeUnit.MILLISECONDS);
            }
            promise.addListener(done -> {
                if (done.isCancelled()) {
                    connectPromise = null;
                    close(voidPromise());
                }
            });
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            connectIn(link.connection(), address, deadline);
        }

        /** Connects in a session that is there, or will be. */
        private void connectIn(Mono<Connection> session, InetSocketAddress address, long deadline) {
            linkSide = null;
            waiting = session.subscribe(
                    connection -> onOwnLoop(() -> connectIn(connection, address, deadline)),
                    cause -> onOwnLoop(() -> connectFailed(cause)));
        }

        private void connectIn(Connection connection, InetSocketAddress address, long deadline) {
            if (state != State.CONNECTING) {
                return;
            }
            Duration left = Duration.ZERO;
            if (config.getConnectTimeoutMillis() > 0) {
                left = Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime()));
            }
            LinkSide side = new LinkSide(connection.multiplexer(), cause -> {
                if (cause instanceof LinkLostException lost && !lost.mayHaveRun() && link.waits()) {
                    connectIn(link.after(connection), address, deadline);
                } else {
                    connectFailed(cause);
                }
            });
            linkSide = side;
            side.connect(address, receiveWindow, left, config.remoteOptions());
        }

        private void timedOut(InetSocketAddress address) {
            connectFailed(
                    linkSide == null
                            ? link.refusal()
                            : new ConnectTimeoutException("connection timed out after "
                                    + config.getConnectTimeoutMillis() + " ms: " + address));
        }

        private void connectFailed(Throwable cause) {
            ChannelPromise promise = connectPromise;
            if (state == State.CONNECTING && promise != null) {
                connectPromise = null;
                promise.tryFailure(cause);
                close(voidPromise());
            }
        }

        private void connected(InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
            ChannelPromise promise = connectPromise;
            if (state != State.CONNECTING || promise == null) {
                return;
            }
            connectPromise = null;
            cancelConnectTimeout();
            local = localAddress;
            remote = remoteAddress;
            state = State.CONNECTED;
            boolean wanted = promise.trySuccess();
            // What happened is what happened, as with all channels: active also if somebody has just cancelled.
            pipeline().fireChannelActive();
            if (!wanted) {
                close(voidPromise());
            }
        }

        /** The connection is gone at once, with whatever was under way. */
        private void fail(IOException cause) {
            if (state == State.CONNECTED) {
                failure = cause;
                remoteGone = true;
                pipeline().fireExceptionCaught(cause);
                close(voidPromise());
            }
        }

        @Override
        public void close(ChannelPromise promise) {
            IOException cause = failure;
            if (cause == null) {
                super.close(promise);
                return;
            }
            ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(cause);
            close(promise, cause, closed);
        }

        /** Goes on with writes that waited. */
        private void flushWaiting() {
            flush0();
        }
    }

    private LinkSide connectedSide() {
        return Objects.requireNonNull(linkSide);
    }

    private ProxyUnsafe proxyUnsafe() {
        return (ProxyUnsafe) unsafe();
    }

    private void cancelConnectTimeout() {
        Future<?> timeout = connectTimeout;
        if (timeout != null) {
            connectTimeout = null;
            timeout.cancel(false);
        }
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        State before = state;
        state = State.CLOSED;
        inputShutdown = true;
        outputShutdown = true;
        cancelConnectTimeout();
        ChannelPromise promise = connectPromise;
        if (promise != null) {
            connectPromise = null;
            promise.tryFailure(new ClosedChannelException());
        }
        releaseReceived();
        Disposable session = waiting;
        if (session != null) {
            session.dispose();
        }
        LinkSide side = linkSide;
        if (side != null && (before == State.CONNECTING || (before == State.CONNECTED && !remoteGone))) {
            side.close(config.linger());
        }
    }

    /** Resets a connection that came in, and that nobody has taken. */
    void abort() {
        config.setSoLinger(0);
        unsafe().closeForcibly();
    }

    private void releaseReceived() {
        for (ByteBuf buffer = received.poll(); buffer != null; buffer = received.poll()) {
            buffer.release();
        }
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        if (inputEndSeen) {
            return;
        }
        readPending = true;
        if (!reading && (!received.isEmpty() || inputEnded || inputShutdown)) {
            eventLoop().execute(this::readIfWanted);
        }
    }

    /** Auto-read was switched off, by any thread. */
    void clearReadPending() {
        if (isRegistered()) {
            onOwnLoop(() -> readPending = false);
        } else {
            readPending = false;
        }
    }

    private void readIfWanted() {
        if (!readPending || reading || state != State.CONNECTED || inputEndSeen) {
            return;
        }
        if (received.isEmpty() && !inputEnded && !inputShutdown) {
            return;
        }
        reading = true;
        ChannelPipeline pipeline = pipeline();
        var handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        boolean end = false;
        do {
            ByteBuf buffer = received.poll();
            if (buffer == null) {
                end = inputEnded || inputShutdown;
                readPending &= !end;
                break;
            }
            int bytes = buffer.readableBytes();
            handle.attemptedBytesRead(bytes);
            handle.lastBytesRead(bytes);
            handle.incMessagesRead(1);
            readPending = false;
            pipeline.fireChannelRead(buffer);
            grantAgain(bytes);
        } while (handle.continueReading());
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (end) {
            endRead();
        } else if (readPending && (!received.isEmpty() || inputEnded)) {
            eventLoop().execute(this::readIfWanted);
        }
    }

    /** Everything received has been read, and the reader has come to the end. */
    private void endRead() {
        if (state != State.CONNECTED) {
            return;
        }
        IOException failure = this.failure;
        if (failure != null && !inputShutdown) {
            proxyUnsafe().fail(failure);
        } else if (!inputShutdown) {
            if (config.isAllowHalfClosure()) {
                inputShutdown = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                if (readPending) {
                    eventLoop().execute(this::readIfWanted);
                }
            } else {
                unsafe().close(voidPromise());
            }
        } else if (config.isAllowHalfClosure()) {
            inputEndSeen = true;
            pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        }
    }

    private void grantAgain(int bytes) {
        consumed += bytes;
        // In portions: each grant is a frame, and a window that is a quarter open still keeps the line busy.
        if (consumed >= receiveWindow / 4 && !inputEnded && state == State.CONNECTED) {
            connectedSide().grant(consumed);
            consumed = 0;
        }
    }

    private void received(ByteBuf data) {
        if (state == State.CLOSED) {
            data.release();
        } else if (inputShutdown) {
            // Nobody reads it, but the sender must not be held up: as the input of a socket that was shut down.
            int bytes = data.readableBytes();
            data.release();
            grantAgain(bytes);
        } else {
            received.add(data);
        }
    }

    private void closedByDevice(ChannelClose close) {
        remoteGone = true;
        inputEnded = true;
        if (close.code() != ErrorCode.NONE) {
            failure = RemoteFailure.ofClose(close);
        }
        // Writes that wait now fail.
        proxyUnsafe().flushWaiting();
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object msg) {
        if (msg instanceof ByteBuf) {
            return msg;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(msg) + " (expected: ByteBuf)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        // A listener of a write that is over may write again.
        while (state == State.CONNECTED) {
            if (remoteGone) {
                IOException cause = failure;
                throw cause != null ? cause : RemoteFailure.ofClose(ChannelClose.orderly(0));
            }
            List<ByteBuf> taken = new ArrayList<>();
            int space = sendSpace;
            in.forEachFlushedMessage(msg -> take((ByteBuf) msg, taken));
            int bytes = space - sendSpace;
            if (bytes > 0) {
                // Before the promises: a listener may close the channel, and these bytes come first.
                connectedSide().send(taken);
            }
            if (removeTaken(in, bytes) == 0) {
                return;
            }
        }
    }

    private boolean take(ByteBuf message, List<ByteBuf> taken) {
        int bytes = Math.min(message.readableBytes(), sendSpace);
        if (bytes > 0) {
            taken.add(message.retainedSlice(message.readerIndex(), bytes));
            sendSpace -= bytes;
        }
        return sendSpace > 0;
    }

    /** Removes so many bytes and empty messages. Returns how many messages it has touched. */
    private static int removeTaken(ChannelOutboundBuffer in, int bytes) {
        int messages = 0;
        int left = bytes;
        while (in.current() instanceof ByteBuf message && (left > 0 || !message.isReadable())) {
            messages++;
            int readable = message.readableBytes();
            int part = Math.min(left, readable);
            left -= part;
            in.progress(part);
            if (part == readable) {
                in.remove();
            } else {
                message.skipBytes(part);
            }
        }
        return messages;
    }

    private void sent(int bytes) {
        sendSpace += bytes;
        if (state == State.CONNECTED) {
            proxyUnsafe().flushWaiting();
        }
    }

    // ---- half-closure

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || !isActive();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || !isActive();
    }

    @Override
    public boolean isShutdown() {
        return (inputShutdown && outputShutdown) || !isActive();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        onOwnLoop(() -> {
            if (state == State.CONNECTED) {
                proxyUnsafe().shutdownOutput(promise);
            } else {
                promise.tryFailure(notConnected());
            }
        });
        return promise;
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        connectedSide().shutdownOutput();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onOwnLoop(() -> {
            if (state != State.CONNECTED) {
                promise.tryFailure(notConnected());
                return;
            }
            if (!inputShutdown) {
                inputShutdown = true;
                int unread = 0;
                for (ByteBuf buffer : received) {
                    unread += buffer.readableBytes();
                }
                releaseReceived();
                grantAgain(unread);
                if (readPending) {
                    eventLoop().execute(this::readIfWanted);
                }
            }
            promise.trySuccess();
        });
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownOutput().addListener(output -> shutdownInput().addListener(input -> {
            Throwable cause = output.cause() != null ? output.cause() : input.cause();
            if (cause == null) {
                promise.trySuccess();
            } else {
                promise.tryFailure(cause);
            }
        }));
        return promise;
    }

    private Exception notConnected() {
        return isOpen() ? new NotYetConnectedException() : new ClosedChannelException();
    }

    private void onOwnLoop(Runnable task) {
        EventLoop loop = eventLoop();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    // ---- between this channel's event loop and the link's

    private final class LinkSide implements ProxiedStream.Socket, LoopCrossing.Socket {
        private final LoopCrossing crossing;
        private final ProxiedStream stream;
        private final Consumer<Throwable> connectFailure;

        LinkSide(ChannelMultiplexer multiplexer, Consumer<Throwable> connectFailure) {
            this.connectFailure = connectFailure;
            this.crossing = new LoopCrossing(multiplexer, ProxySocketChannel.this::eventLoop, this);
            this.stream = new ProxiedStream(multiplexer, this);
        }

        LinkSide(ChannelMultiplexer multiplexer, ChannelAccept accept, int window) {
            this.connectFailure = cause -> {};
            this.crossing = LoopCrossing.held(multiplexer, ProxySocketChannel.this::eventLoop, this);
            this.stream = new ProxiedStream(multiplexer, this, accept, window);
        }

        // Down: this channel's loop.

        void connect(InetSocketAddress address, int window, Duration timeout, Map<String, Object> options) {
            crossing.down(() -> stream.connect(address, window, timeout, options));
        }

        void send(List<ByteBuf> buffers) {
            if (!crossing.down(() -> stream.send(buffers))) {
                buffers.forEach(ByteBuf::release);
            }
        }

        void grant(int bytes) {
            crossing.down(() -> stream.grant(bytes));
        }

        void shutdownOutput() {
            crossing.down(stream::shutdownOutput);
        }

        void close(Duration linger) {
            if (isRegistered()) {
                crossing.down(() -> stream.close(linger));
            } else if (!crossing.down(() -> closeUnregistered(linger))) {
                crossing.drop();
            }
        }

        private void closeUnregistered(Duration linger) {
            stream.close(linger);
            crossing.drop();
        }

        // Up: the link's loop.

        @Override
        public void onConnected(InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
            crossing.up(() -> proxyUnsafe().connected(localAddress, remoteAddress));
        }

        @Override
        public void onOpenFailed(Throwable cause) {
            crossing.up(() -> connectFailure.accept(cause));
        }

        @Override
        public void onData(ByteBuf data) {
            crossing.upMessage(data);
        }

        @Override
        public void onEof() {
            crossing.up(() -> inputEnded = true);
        }

        @Override
        public void onSent(int bytes) {
            crossing.up(() -> sent(bytes));
        }

        @Override
        public void onClosed(ChannelClose close) {
            crossing.up(() -> closedByDevice(close));
        }

        @Override
        public void onFailed(IOException cause) {
            crossing.up(() -> failedNow(cause));
        }

        // This channel's loop again.

        @Override
        public void received(Object message) {
            ProxySocketChannel.this.received((ByteBuf) message);
        }

        @Override
        public void dropped(Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void delivered() {
            readIfWanted();
        }

        @Override
        public void linkLoopGone(LinkLostException cause) {
            failedNow(cause);
        }

        private void failedNow(IOException cause) {
            proxyUnsafe().connectFailed(cause);
            proxyUnsafe().fail(cause);
        }

        @Override
        public void socketLoopGone() {
            stream.close(Duration.ZERO);
        }
    }

    /** Refuses a change that comes too late. */
    void requireNotConnected(String option) {
        if (state != State.OPEN) {
            throw new ChannelException(option + " must be set before the channel is connected");
        }
    }
}
