package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.UnresolvedAddressException;
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
            (name, value, onFailure) -> link().setOption(name, value, onFailure),
            config::refused);
    private final AtomicLong dropped = new AtomicLong();

    // No initializer: set in the constructor of AbstractChannel.
    private @Nullable Unsafe unsafe;

    private volatile State state = State.OPEN;
    private volatile int largest;

    // All below: this channel's event loop.

    private final DatagramReading reading = new DatagramReading(this);
    private final DatagramWriting writing = new DatagramWriting(this);
    private @Nullable DatagramBinding binding;
    /** To the session that has the socket, or is asked for it. */
    private @Nullable DatagramLink link;

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
        return isOpen() && remoteAddress() != null;
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

    // ---- binding, connecting, closing

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new AssertionError("bound by DeferredBindUnsafe");
    }

    private final class DatagramUnsafe extends UnwatchedUnsafe {
        void bindLater(@Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            RuntimeException refused = notBindable(localAddress);
            if (refused != null) {
                safeSetFailure(promise, refused);
            } else {
                InetSocketAddress local = (InetSocketAddress) Objects.requireNonNull(localAddress);
                startBinding(new DatagramBinding(ProxyDatagramChannel.this, sessions, local, promise));
            }
        }

        private @Nullable RuntimeException notBindable(@Nullable SocketAddress localAddress) {
            return state != State.OPEN ? new AlreadyBoundException() : DatagramBinding.unusable(localAddress);
        }

        private void startBinding(DatagramBinding begun) {
            state = State.BINDING;
            binding = begun;
            reading.start(config.getReceiveBufferSize());
            writing.start(config.getSendBufferSize());
            begun.start();
        }

        private void bindFailed(DatagramBinding failed, Throwable cause) {
            if (state != State.BINDING || binding != failed) {
                return;
            }
            state = State.OPEN;
            binding = null;
            DatagramLink side = link;
            if (side != null) {
                link = null;
                side.close();
            }
            failed.failed(cause);
            ChannelOutboundBuffer waiting = outboundBuffer();
            while (state == State.OPEN && waiting != null && waiting.current() != null) {
                waiting.remove(cause);
            }
        }

        private void bound(InetSocketAddress localAddress, int largestDatagram) {
            DatagramBinding done = binding;
            if (state != State.BINDING || done == null) {
                return;
            }
            boolean wasActive = isActive();
            binding = null;
            setLocalAddress(localAddress);
            if (done.peer() != null) {
                setRemoteAddress(done.peer());
            }
            largest = largestDatagram;
            state = State.BOUND;
            done.succeeded();
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
            RuntimeException refused = DatagramBinding.unusable(remoteAddress);
            if (refused == null && isConnected()) {
                refused = new AlreadyConnectedException();
            } else if (refused == null && binding != null && binding.isConnecting()) {
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
                setRemoteAddress(peer);
                reading.connected(peer);
                safeSetSuccess(promise);
                return;
            }
            DatagramBinding under = binding;
            if (under != null) {
                under.connect(peer, promise);
                return;
            }
            InetSocketAddress local =
                    localAddress == null ? DatagramBinding.anyFor(peer) : (InetSocketAddress) localAddress;
            DatagramBinding begun = new DatagramBinding(ProxyDatagramChannel.this, sessions, local, null);
            begun.connect(peer, promise);
            startBinding(begun);
        }

        /** The device's socket is gone at once, with whatever was under way. */
        private void fail(IOException cause) {
            if (binding != null) {
                binding.failedIn(cause);
            } else if (state == State.BOUND) {
                setFailure(cause);
                pipeline().fireExceptionCaught(cause);
                close(voidPromise());
            }
        }

        @Override
        protected void flush0() {
            // While the device binds the socket, what was flushed waits; Netty would fail it.
            if (state != State.BINDING) {
                super.flush0();
            }
        }
    }

    /** Asks a session for the socket. */
    void bindIn(ChannelMultiplexer session, InetSocketAddress local, Duration left) {
        DatagramLink side = new DatagramLink(session, this::eventLoop, new FromLink());
        link = side;
        side.bind(local, reading.window(), left, options.atBind());
    }

    void bindFailed(DatagramBinding failed, Throwable cause) {
        datagramUnsafe().bindFailed(failed, cause);
    }

    /** Returns whether it is bound; else it will be, so that it can send to this recipient. */
    boolean isBoundFor(InetSocketAddress recipient) {
        if (state == State.OPEN) {
            InetSocketAddress any = DatagramBinding.anyFor(recipient);
            datagramUnsafe().startBinding(new DatagramBinding(this, sessions, any, null));
        }
        return state == State.BOUND;
    }

    @Override
    protected void doDisconnect() {
        setRemoteAddress(null);
        if (binding != null) {
            binding.disconnect();
        }
    }

    @Override
    protected void doClose() {
        state = State.CLOSED;
        DatagramBinding under = binding;
        if (under != null) {
            binding = null;
            under.failed(new ClosedChannelException());
        }
        reading.release();
        DatagramLink side = link;
        if (side != null && !hasFailed()) {
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
        onOwnLoop(reading::clear);
    }

    boolean isBound() {
        return state == State.BOUND;
    }

    /** Returns the way to the device; there is one when the channel is bound. */
    DatagramLink link() {
        return Objects.requireNonNull(link);
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object msg) {
        DatagramWriting.requireWritable(msg);
        return msg;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        writing.write(in);
    }

    // ---- what the link says

    /** On this channel's loop, of the socket that is its present one. */
    private final class FromLink implements DatagramLink.Socket {
        @Override
        public boolean hears(DatagramLink sender) {
            return link == sender && state != State.CLOSED;
        }

        @Override
        public void bound(InetSocketAddress localAddress, int largestDatagram) {
            datagramUnsafe().bound(localAddress, largestDatagram);
        }

        @Override
        public void openFailed(Throwable cause) {
            if (binding != null) {
                binding.failedIn(cause);
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
            writing.sent(cost);
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
        onOwnLoop(() -> {
            if (isRegistered() && state == State.BOUND) {
                applyOptions();
                datagramUnsafe().flushWaiting();
            }
        });
    }

    private void applyOptions() {
        reading.setWindow(config.getReceiveBufferSize());
        writing.setSize(config.getSendBufferSize());
        options.apply();
    }
}
