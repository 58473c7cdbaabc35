package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket of the device, as an ordinary Netty channel.
 *
 * <pre>{@code
 * new Bootstrap()
 *         .group(anyGroup)
 *         .channelFactory(() -> new ProxyDatagramChannel(client))
 *         .handler(...)
 *         .bind(0);
 * }</pre>
 *
 * <p>It runs on any event loop, also another one than the link's. Reads are {@link DatagramPacket}s with their sender, and this channel's
 * address as the recipient. Written are {@code DatagramPacket}s and other {@link AddressedEnvelope}s of {@link ByteBuf}, each one datagram,
 * an empty one, too; and while it is connected {@code ByteBuf}s (an empty one sends nothing, as with Netty's own channels). A
 * recipient that is not resolved fails the write with {@link UnresolvedAddressException}.
 *
 * <p><b>Binding.</b> {@code bind} is over when the device has bound the socket, or has said why not: {@link java.net.BindException}, {@link
 * SocketException}, {@link SocketTimeoutException} after {@code CONNECT_TIMEOUT_MILLIS}; it may be tried again then. What is flushed meanwhile
 * waits. While the link is down, bind waits for the next session, or fails at once: {@link ProxyConnector#whileDown}. The port 0 is any free one, the address 0.0.0.0
 * any address of the device. A channel that connects, or that is active by {@code DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION} and writes, binds itself.
 *
 * <p><b>Connecting</b> happens on this host: it sets the recipient of plain buffers and drops what others send. {@code disconnect} ends that.
 *
 * <p><b>Sizes.</b> What does not fit a frame travels in pieces. A datagram that is longer than the device can send ({@link #largestDatagram()}) fails its
 * write with a {@link SocketException} that says so.
 *
 * <p><b>Writing.</b> A write succeeds when its datagram has been copied to the channel's send buffer ({@code SO_SNDBUF}), as with a socket of this host; it leaves it as the device's credit
 * and the line allow. {@code close()} sends what is in it first, for at most 30 s. If the network refuses a datagram later on, or says that one did not arrive, {@code exceptionCaught}
 * tells, and the channel stays open: {@link java.net.PortUnreachableException}, {@link java.net.NoRouteToHostException}, {@code SocketException}. Of
 * a port that nobody listens on most platforms tell nothing, as the device's socket is not a connected one.
 *
 * <p><b>Reading.</b> The device sends at most the receive window ({@code SO_RCVBUF}) ahead of what was read, and drops what comes
 * beyond it: {@link DatagramsDropped}.
 *
 * <p><b>The link's end</b> is a {@link LinkLostException} for {@code exceptionCaught} and for writes that wait, then the channel closes: it belongs to its session.
 */
public final class ProxyDatagramChannel extends UnicastDatagramChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);
    private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
    private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

    private enum State {
        OPEN,
        BINDING,
        BOUND,
        CLOSED
    }

    private final Sessions sessions;
    private final ProxyDatagramChannelConfig config = new ProxyDatagramChannelConfig(this);
    private final RemoteOptions options = new RemoteOptions(
            this,
            config::remoteOptions,
            (name, value, onFailure) -> openLink().setOption(name, value, onFailure),
            config::refused);
    private final ClosingWithLoop closing = new ClosingWithLoop(this);
    private final AtomicLong dropped = new AtomicLong();

    // No initializer: set in the constructor of AbstractChannel.
    private @Nullable Unsafe unsafe;

    private volatile State state = State.OPEN;
    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;
    private volatile int largest;

    // All below: this channel's event loop.

    private @Nullable ChannelPromise bindPromise;
    private @Nullable ChannelPromise connectPromise;
    /** What it becomes connected to when it is bound. */
    private @Nullable InetSocketAddress connecting;

    private @Nullable Opening opening;
    private @Nullable DatagramLink linkSide;

    private final DatagramReading reading = new DatagramReading(this);
    private int sendBuffer;
    private int sendSpace;
    /** Why the device's socket is gone. */
    private @Nullable IOException failure;

    /**
     * Creates a channel that is to be registered and bound or connected, mostly by a {@link io.netty.bootstrap.Bootstrap}.
     *
     * @param network whose device has the socket
     */
    public ProxyDatagramChannel(ProxyNetwork network) {
        sessions = network.sessions();
    }

    // ---- what kind of channel this is

    @Override
    public ProxyDatagramChannelConfig config() {
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
        State state = this.state;
        return state == State.BOUND || (state != State.CLOSED && config.isActiveOnRegistration() && isRegistered());
    }

    @Override
    public boolean isConnected() {
        return isOpen() && remote != null;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return remote;
    }

    /** Returns the bytes of the largest datagram that the device can send; 0 before the channel is bound. */
    public int largestDatagram() {
        return largest;
    }

    /** Returns how many datagrams the device had to drop so far: {@link DatagramsDropped}. */
    public long droppedDatagrams() {
        return dropped.get();
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
    public Unsafe unsafe() {
        return Objects.requireNonNull(unsafe);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        DatagramUnsafe own = new DatagramUnsafe();
        unsafe = new DeferredBindUnsafe(own, own::bindLater);
        return own;
    }

    private DatagramUnsafe datagramUnsafe() {
        return (DatagramUnsafe) super.unsafe();
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

    // ---- binding, connecting, closing

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new AssertionError("bound by DeferredBindUnsafe");
    }

    private final class DatagramUnsafe extends AbstractUnsafe {
        void bindLater(@Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            RuntimeException refused = notBindable(localAddress);
            if (refused != null) {
                safeSetFailure(promise, refused);
            } else {
                bindPromise = promise;
                startBinding((InetSocketAddress) Objects.requireNonNull(localAddress));
            }
        }

        private @Nullable RuntimeException notBindable(@Nullable SocketAddress localAddress) {
            return state != State.OPEN ? new AlreadyBoundException() : unusable(localAddress);
        }

        private void startBinding(InetSocketAddress localAddress) {
            state = State.BINDING;
            reading.start(config.getReceiveBufferSize());
            sendBuffer = config.getSendBufferSize();
            sendSpace = sendBuffer;
            Opening opening =
                    new Opening(sessions, eventLoop(), config.getConnectTimeoutMillis(), new Binding(localAddress));
            ProxyDatagramChannel.this.opening = opening;
            opening.start();
        }

        private void bindFailed(Throwable cause) {
            if (state != State.BINDING) {
                return;
            }
            state = State.OPEN;
            connecting = null;
            DatagramLink side = linkSide;
            if (side != null) {
                linkSide = null;
                side.close();
            }
            ChannelPromise bind = bindPromise;
            bindPromise = null;
            ChannelPromise connect = connectPromise;
            connectPromise = null;
            if (bind != null) {
                safeSetFailure(bind, cause);
            }
            if (connect != null) {
                safeSetFailure(connect, cause);
            }
            ChannelOutboundBuffer waiting = outboundBuffer();
            while (state == State.OPEN && waiting != null && waiting.current() != null) {
                waiting.remove(cause);
            }
        }

        private void bound(InetSocketAddress localAddress, int largestDatagram) {
            if (state != State.BINDING) {
                return;
            }
            Objects.requireNonNull(opening).end();
            boolean wasActive = isActive();
            local = localAddress;
            largest = largestDatagram;
            state = State.BOUND;
            ChannelPromise bind = bindPromise;
            bindPromise = null;
            ChannelPromise connect = connectPromise;
            connectPromise = null;
            if (connecting != null) {
                remote = connecting;
                connecting = null;
            }
            if (bind != null) {
                safeSetSuccess(bind);
            }
            if (connect != null) {
                safeSetSuccess(connect);
            }
            applyOptions();
            if (!wasActive) {
                pipeline().fireChannelActive();
            }
            flush0();
        }

        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            RuntimeException refused = unusable(remoteAddress);
            if (refused == null && isConnected()) {
                refused = new AlreadyConnectedException();
            } else if (refused == null && connectPromise != null) {
                refused = new ConnectionPendingException();
            } else if (refused == null && localAddress != null) {
                refused = notBindable(localAddress);
            }
            if (refused != null) {
                safeSetFailure(promise, refused);
                return;
            }
            InetSocketAddress peer = (InetSocketAddress) remoteAddress;
            if (state == State.BOUND) {
                remote = peer;
                reading.connected(peer);
                safeSetSuccess(promise);
                return;
            }
            connectPromise = promise;
            connecting = peer;
            if (state == State.OPEN) {
                startBinding(localAddress == null ? anyFor(peer) : (InetSocketAddress) localAddress);
            }
        }

        /** The device's socket is gone at once, with whatever was under way. */
        private void fail(IOException cause) {
            if (state == State.BINDING) {
                Objects.requireNonNull(opening).failed(cause);
            } else if (state == State.BOUND) {
                failure = cause;
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

        @Override
        protected void flush0() {
            // While the device binds the socket, what was flushed waits; Netty would fail it.
            if (state != State.BINDING) {
                super.flush0();
            }
        }

        /** Goes on with writes that waited. */
        private void flushWaiting() {
            flush0();
        }
    }

    private static @Nullable RuntimeException unusable(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return new UnsupportedAddressTypeException();
        }
        return inet.isUnresolved() ? new UnresolvedAddressException() : null;
    }

    private static InetSocketAddress anyFor(InetSocketAddress peer) {
        return peer.getAddress() instanceof Inet6Address ? ANY_IPV6 : ANY_IPV4;
    }

    /** Asks sessions for one socket. */
    private final class Binding implements Opening.Socket {
        private final InetSocketAddress asked;

        Binding(InetSocketAddress asked) {
            this.asked = asked;
        }

        @Override
        public void openIn(ChannelMultiplexer session, Duration left) {
            DatagramLink side = new DatagramLink(session, ProxyDatagramChannel.this::eventLoop, new FromLink());
            linkSide = side;
            side.bind(asked, reading.window(), left, options.atBind());
        }

        @Override
        public void openFailed(Throwable cause) {
            datagramUnsafe().bindFailed(cause);
        }

        @Override
        public Throwable timedOut(int millis) {
            return new SocketTimeoutException("the device did not answer within " + millis + " ms: bind to " + asked);
        }
    }

    @Override
    protected void doDisconnect() {
        remote = null;
        connecting = null;
        ChannelPromise promise = connectPromise;
        if (promise != null) {
            connectPromise = null;
            promise.tryFailure(new SocketException("disconnected before the socket was bound"));
        }
    }

    @Override
    protected void doClose() {
        state = State.CLOSED;
        ClosedChannelException closed = new ClosedChannelException();
        ChannelPromise bind = bindPromise;
        if (bind != null) {
            bindPromise = null;
            bind.tryFailure(closed);
        }
        ChannelPromise connect = connectPromise;
        if (connect != null) {
            connectPromise = null;
            connect.tryFailure(closed);
        }
        if (opening != null) {
            opening.end();
        }
        reading.release();
        DatagramLink side = linkSide;
        if (side != null && failure == null) {
            side.close();
        }
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        reading.begin();
    }

    /** Auto-read was switched off, by any thread. */
    void clearReadPending() {
        if (isRegistered() && !eventLoop().inEventLoop()) {
            eventLoop().execute(reading::clear);
        } else {
            reading.clear();
        }
    }

    boolean isBound() {
        return state == State.BOUND;
    }

    /** Lets the device send so much more. */
    void grant(int bytes) {
        openLink().grant(bytes);
    }

    private DatagramLink openLink() {
        return Objects.requireNonNull(linkSide);
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object msg) {
        if (msg instanceof ByteBuf) {
            return msg;
        }
        if (msg instanceof AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf) {
            SocketAddress recipient = envelope.recipient();
            RuntimeException unusable = recipient == null ? null : unusable(recipient);
            if (unusable != null) {
                throw unusable;
            }
            return msg;
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(msg)
                + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf, InetSocketAddress>, ByteBuf)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (Object message = in.current(); message != null; message = in.current()) {
            try {
                if (!take(message)) {
                    return;
                }
                in.remove();
            } catch (IOException | RuntimeException e) {
                // Another datagram, perhaps to somebody else, may do better.
                in.remove(e);
            }
        }
    }

    /** Returns whether the message was taken over: its promise may succeed. */
    private boolean take(Object message) throws IOException {
        if (message instanceof ByteBuf buffer) {
            // Buffers without bytes are written to know when those before them have been.
            return !buffer.isReadable() || take(recipient(null), buffer);
        }
        AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
        return take(recipient((InetSocketAddress) envelope.recipient()), (ByteBuf) envelope.content());
    }

    private InetSocketAddress recipient(@Nullable InetSocketAddress own) {
        InetSocketAddress peer = remote;
        if (own == null && peer == null) {
            throw new NotYetConnectedException();
        }
        if (own != null && peer != null && !own.equals(peer)) {
            throw new AlreadyConnectedException();
        }
        return own != null ? own : Objects.requireNonNull(peer);
    }

    private boolean take(InetSocketAddress recipient, ByteBuf content) throws IOException {
        if (state == State.OPEN) {
            datagramUnsafe().startBinding(anyFor(recipient));
        }
        if (state != State.BOUND) {
            return false;
        }
        int bytes = content.readableBytes();
        if (bytes > largest) {
            throw new SocketException(
                    "Message too long: a datagram of " + bytes + " bytes; the device can send at most " + largest);
        }
        int cost = ProxiedDatagrams.cost(bytes);
        if (cost > sendSpace && sendSpace < sendBuffer) {
            return false;
        }
        sendSpace -= cost;
        // A copy: a write that has succeeded holds its buffer no more, though the datagram may wait for the line.
        ByteBuf copy = alloc().heapBuffer(bytes, bytes).writeBytes(content, content.readerIndex(), bytes);
        openLink().send(recipient, copy);
        return true;
    }

    // ---- what the link says

    /** On this channel's loop, of the socket that is its present one. */
    private final class FromLink implements DatagramLink.Socket {
        @Override
        public boolean hears(DatagramLink sender) {
            return linkSide == sender && state != State.CLOSED;
        }

        @Override
        public void bound(InetSocketAddress localAddress, int largestDatagram) {
            datagramUnsafe().bound(localAddress, largestDatagram);
        }

        @Override
        public void openFailed(Throwable cause) {
            if (state == State.BINDING) {
                Objects.requireNonNull(opening).failed(cause);
            }
        }

        @Override
        public void received(DatagramPacket datagram) {
            reading.received(datagram);
        }

        @Override
        public void delivered() {
            reading.readIfWanted();
        }

        @Override
        public void sent(int cost) {
            sendSpace += cost;
            datagramUnsafe().flushWaiting();
        }

        @Override
        public void dropped(long datagrams, long bytes) {
            dropped.addAndGet(datagrams);
            pipeline().fireUserEventTriggered(new DatagramsDropped(datagrams, bytes));
        }

        @Override
        public void datagramFailed(IOException cause) {
            pipeline().fireExceptionCaught(cause);
        }

        @Override
        public void gone(IOException cause) {
            datagramUnsafe().fail(cause);
        }
    }

    /** The config has changed, by any thread. */
    void optionsChanged() {
        if (!isRegistered()) {
            return;
        }
        Runnable apply = () -> {
            if (state == State.BOUND) {
                applyOptions();
                datagramUnsafe().flushWaiting();
            }
        };
        if (eventLoop().inEventLoop()) {
            apply.run();
        } else {
            eventLoop().execute(apply);
        }
    }

    private void applyOptions() {
        reading.setWindow(config.getReceiveBufferSize());
        int buffer = config.getSendBufferSize();
        sendSpace += buffer - sendBuffer;
        sendBuffer = buffer;
        options.apply();
    }
}
