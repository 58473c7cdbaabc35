package dev.uartnet.proxy;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port of the device that takes connections from its network, as an ordinary Netty server channel; each is a {@link
 * ProxySocketChannel}.
 *
 * <pre>{@code
 * new ServerBootstrap()
 *         .group(anyGroup)
 *         .channelFactory(() -> new ProxyServerSocketChannel(client))
 *         .childHandler(...)
 *         .bind(8080);
 * }</pre>
 *
 * <p>It runs on any event loop, also another one than the link's, and its children on any other ones.
 *
 * <p><b>Binding.</b> {@code bind} is over when the device listens, or has said why not: {@link java.net.BindException} (in use, not an
 * address of the device, not allowed), {@link java.net.SocketException}, {@link SocketTimeoutException}. Port 0 is any free one, which {@link
 * #localAddress()} then has. While the link is down it waits for the next session, at most for {@code CONNECT_TIMEOUT_MILLIS} (0: until the
 * client is closed), or fails at once: {@link ProxyConnector#whileDown}.
 *
 * <p><b>Accepting.</b> The device takes a connection from its network only when it is to be read: with {@code autoRead} up to 4 ahead,
 * without it one for each {@code read()}; others wait in the device's backlog ({@code SO_BACKLOG}). A connection whose child channel is
 * not registered (no handler took it, its event loop is gone) is closed on the device, too.
 *
 * <p><b>The end.</b> {@code close} stops listening, and resets the connections that were not read yet; children live on. A listener
 * belongs to its session: when the link is lost, {@code exceptionCaught} has {@link LinkLostException}, and the channel closes. One that is to
 * outlive that is bound anew in a listener of {@code closeFuture()}: {@code bind} waits for the next session.
 */
public final class ProxyServerSocketChannel extends AbstractServerChannel implements ServerSocketChannel {
    /** Connections that the device may take ahead: each holds one of its few sockets; a round trip hides behind them. */
    private static final int ACCEPTS_AHEAD = 4;

    private enum State {
        OPEN,
        BINDING,
        LISTENING,
        CLOSED
    }

    private final Sessions sessions;
    private final ProxyServerSocketChannelConfig config = new ProxyServerSocketChannelConfig(this);
    private final ClosingWithLoop closing = new ClosingWithLoop(this);

    // No initializer: set in the constructor of AbstractChannel.
    private @Nullable Unsafe unsafe;

    private volatile State state = State.OPEN;
    private volatile @Nullable InetSocketAddress local;

    // All below: this channel's event loop.

    private @Nullable ChannelPromise bindPromise;
    private @Nullable Opening opening;
    /** To the session that listens. */
    private @Nullable ListenerLink link;

    /** Connections that came in, and that nobody has read yet. */
    private final ArrayDeque<ProxySocketChannel> accepted = new ArrayDeque<>();

    private boolean readPending;
    private boolean reading;
    /** Connections that the device may still announce. */
    private int announceable;

    private boolean remoteGone;

    /**
     * Creates a channel that is to be registered and bound, mostly by a {@link io.netty.bootstrap.ServerBootstrap}.
     *
     * @param client whose device listens
     */
    public ProxyServerSocketChannel(ProxyClient client) {
        sessions = client.link();
    }

    // ---- what kind of channel this is

    @Override
    public ProxyServerSocketChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.LISTENING;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    /** Always null. */
    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return null;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        // It has no descriptor that the loop would have to watch.
        return true;
    }

    @Override
    public Unsafe unsafe() {
        return Objects.requireNonNull(unsafe);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        ServerUnsafe own = new ServerUnsafe();
        unsafe = new DeferredBindUnsafe(own, own::bindLater);
        return own;
    }

    @Override
    protected DefaultChannelPipeline newChannelPipeline() {
        return new Pipeline(this);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        closing.registered();
        promise.setSuccess();
    }

    @Override
    protected void doDeregister() {
        closing.deregistered();
    }

    // ---- binding and closing

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new AssertionError("bound by DeferredBindUnsafe");
    }

    private final class ServerUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            safeSetFailure(promise, new UnsupportedOperationException("a server socket does not connect"));
        }

        private boolean isTlsWrong() {
            DeviceTls tls = config.deviceTls();
            return tls != null && !tls.isServer();
        }

        void bindLater(@Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            if (state != State.OPEN) {
                safeSetFailure(promise, new AlreadyBoundException());
            } else if (localAddress != null && !(localAddress instanceof InetSocketAddress)) {
                safeSetFailure(promise, new UnsupportedAddressTypeException());
            } else if (localAddress instanceof InetSocketAddress asked && asked.isUnresolved()) {
                safeSetFailure(promise, new UnresolvedAddressException());
            } else if (isTlsWrong()) {
                safeSetFailure(promise, new SSLException(DeviceTls.NOT_FOR_LISTENERS));
            } else {
                state = State.BINDING;
                bindPromise = promise;
                InetSocketAddress asked = (InetSocketAddress) localAddress;
                Binding binding = new Binding(asked == null ? new InetSocketAddress(0) : asked);
                opening = new Opening(sessions, eventLoop(), config.getConnectTimeoutMillis(), binding);
                opening.start();
            }
        }
    }

    private void bindFailed(Throwable cause) {
        ChannelPromise promise = bindPromise;
        if (state == State.BINDING && promise != null) {
            bindPromise = null;
            promise.tryFailure(cause);
            unsafe().close(voidPromise());
        }
    }

    /** A session has not opened the listener. */
    void openFailed(ListenerLink side, Throwable cause) {
        if (side == link && opening != null) {
            opening.failed(cause);
        }
    }

    void bound(InetSocketAddress localAddress) {
        ChannelPromise promise = bindPromise;
        if (state != State.BINDING || promise == null) {
            return;
        }
        bindPromise = null;
        Objects.requireNonNull(opening).end();
        local = localAddress;
        state = State.LISTENING;
        promise.trySuccess();
        pipeline().fireChannelActive();
    }

    /** The device listens no more. */
    void fail(IOException cause) {
        bindFailed(cause);
        if (state == State.LISTENING) {
            remoteGone = true;
            pipeline().fireExceptionCaught(cause);
            unsafe().close(voidPromise());
        }
    }

    /** Asks sessions for one listener. */
    private final class Binding implements Opening.Socket {
        private final InetSocketAddress asked;

        Binding(InetSocketAddress asked) {
            this.asked = asked;
        }

        @Override
        public void openIn(ChannelMultiplexer session, Duration left) {
            ListenerLink side = new ListenerLink(ProxyServerSocketChannel.this, session);
            link = side;
            announceable = config.isAutoRead() ? ACCEPTS_AHEAD : 0;
            side.listen(asked, announceable, left);
        }

        @Override
        public void openFailed(Throwable cause) {
            bindFailed(cause);
        }

        @Override
        public Throwable timedOut(int millis) {
            return new SocketTimeoutException("the device did not answer within " + millis + " ms: listen on " + asked);
        }
    }

    @Override
    protected void doClose() {
        State before = state;
        state = State.CLOSED;
        ChannelPromise promise = bindPromise;
        if (promise != null) {
            bindPromise = null;
            promise.tryFailure(new ClosedChannelException());
        }
        if (opening != null) {
            opening.end();
        }
        ListenerLink side = link;
        if (side != null && (before == State.BINDING || before == State.LISTENING) && !remoteGone) {
            side.close();
        }
        for (ProxySocketChannel child = accepted.poll(); child != null; child = accepted.poll()) {
            child.abort();
        }
    }

    // ---- accepting

    @Override
    protected void doBeginRead() {
        if (state != State.LISTENING) {
            return;
        }
        readPending = true;
        grantAccepts();
        if (!reading && !accepted.isEmpty()) {
            eventLoop().execute(this::readIfWanted);
        }
    }

    /** Auto-read was switched off, by any thread. */
    void clearReadPending() {
        if (isRegistered() && !eventLoop().inEventLoop()) {
            eventLoop().execute(() -> readPending = false);
        } else {
            readPending = false;
        }
    }

    /** Lets the device take as many as can be read soon: half the number at least, so that a flood costs fewer messages. */
    private void grantAccepts() {
        int wanted = config.isAutoRead() ? ACCEPTS_AHEAD : 1;
        int ahead = announceable + accepted.size();
        if (ahead <= wanted / 2) {
            announceable += wanted - ahead;
            Objects.requireNonNull(link).grant(wanted - ahead);
        }
    }

    private void readIfWanted() {
        if (!readPending || reading || state != State.LISTENING || accepted.isEmpty()) {
            return;
        }
        reading = true;
        ChannelPipeline pipeline = pipeline();
        var handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        do {
            ProxySocketChannel child = accepted.poll();
            if (child == null) {
                break;
            }
            handle.incMessagesRead(1);
            readPending = false;
            pipeline.fireChannelRead(child);
        } while (handle.continueReading());
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (readPending && !accepted.isEmpty()) {
            eventLoop().execute(this::readIfWanted);
        }
    }

    void delivered() {
        readIfWanted();
    }

    void accepted(ProxySocketChannel child) {
        announceable--;
        if (state == State.LISTENING) {
            accepted.add(child);
        } else {
            child.abort();
        }
    }

    /** What no handler has taken is closed: it would stay open on the device. */
    private static final class Pipeline extends DefaultChannelPipeline {
        Pipeline(Channel channel) {
            super(channel);
        }

        @Override
        protected void onUnhandledInboundMessage(ChannelHandlerContext ctx, Object msg) {
            super.onUnhandledInboundMessage(ctx, msg);
            if (msg instanceof ProxySocketChannel child && !child.isRegistered()) {
                child.abort();
            }
        }
    }

    /** Returns the link that children belong to, too. */
    Sessions sessions() {
        return sessions;
    }

    /** Refuses a change that comes too late. */
    void requireNotBound(String option) {
        if (state != State.OPEN) {
            throw new ChannelException(option + " must be set before the channel is bound");
        }
    }
}
