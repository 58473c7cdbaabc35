package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Netty's contract asks of a channel, for a channel over a {@link UartPort}: its states (see the package's description), and how it
 * opens, closes, moves between event loops and loses its port. How the bytes are moved is a {@link PortIo}'s.
 */
abstract class PortChannel extends AbstractChannel {
    private enum State {
        NEW,
        OPENING,
        ACTIVE,
        CLOSING,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(UartChannel.class);
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    private static final String EXPECTED_TYPE = " (expected: ByteBuf; encode it in the pipeline)";

    private final UartPortFactory portFactory;
    private final Inbound inbound = new Inbound(this);
    private final Runnable shutdownHook = this::eventLoopShutdown;

    // Written on the event loop only.
    private volatile State state = State.NEW;
    private volatile @Nullable UartAddress remoteAddress;
    private volatile @Nullable UartPort port;
    /** Null until the port is open. */
    private volatile @Nullable PortIo io;

    /** Until the port is open. */
    private @Nullable PortOpening opening;

    private @Nullable PortClosing closing;
    private boolean closeWithoutWaiting;
    /** Why the port is gone; kept for the next event loop if this channel has none at the time. */
    private volatile @Nullable Throwable failure;

    PortChannel(UartPortFactory portFactory) {
        super(null);
        this.portFactory = portFactory;
    }

    @Override
    public abstract UartChannelConfig config();

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        State now = state;
        return now != State.CLOSING && now != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.ACTIVE;
    }

    boolean isNew() {
        return state == State.NEW;
    }

    /** The port that this channel was connected to; null before. */
    @Override
    public @Nullable UartAddress remoteAddress() {
        return remoteAddress;
    }

    /** Always null: a line has no address of its own. */
    @Override
    public @Nullable UartAddress localAddress() {
        return null;
    }

    /** The port, unless the channel is not active. */
    @Nullable
    UartPort openPort() {
        return isActive() ? port : null;
    }

    /** Whether nothing more is read ahead for lack of room; for tests. */
    boolean isReadBufferFull() {
        PortIo from = io;
        return from != null && from.isReadAheadFull();
    }

    /** How the bytes of the open port are moved; for tests. Null if it is not open. */
    @Nullable
    PortIo io() {
        return io;
    }

    // What AbstractChannel asks for.

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new UartUnsafe();
    }

    /** Every event loop will do: it only has to run tasks. */
    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return null;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remoteAddress;
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        if (eventLoop() instanceof SingleThreadEventExecutor executor) {
            executor.addShutdownHook(shutdownHook);
        }
        if (state == State.ACTIVE) {
            // Registered again, with another event loop.
            attachIo();
            Throwable cause = failure;
            if (cause != null) {
                executeOnLoop(() -> portFailed(cause));
            }
        }
        promise.setSuccess();
    }

    @Override
    protected void doDeregister() {
        if (eventLoop() instanceof SingleThreadEventExecutor executor) {
            executor.removeShutdownHook(shutdownHook);
        }
        PortIo moving = io;
        if (moving != null) {
            moving.detach();
        }
        if (state == State.OPENING) {
            unsafe().close(unsafe().voidPromise()); // who would take the opened port?
        }
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a serial port is not bound; connect to a UartAddress");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (state == State.CLOSED) {
            return;
        }
        if (state != State.CLOSING) {
            startClosing();
            UartPort open = port;
            if (open != null) {
                PortClosing.inBackground(open, io, null, () -> {});
            }
        }
        state = State.CLOSED;
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED_TYPE);
    }

    @Override
    protected void doBeginRead() {
        if (!inbound.isWanted()) {
            inbound.want(true); // before the look at what there is: who brings more looks in the other order
            PortIo from = io;
            if (from != null) {
                from.readWanted();
            }
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer outbound) throws Exception {
        PortIo to = io;
        if (to != null) {
            to.write(outbound);
        }
    }

    // Data.

    /** Whether a {@code read()} of this channel has not been answered yet. Any thread. */
    boolean isReadWanted() {
        return inbound.isWanted();
    }

    /** Any thread. A task may find that the channel has moved. */
    void executeOnLoop(Runnable task) {
        try {
            eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            UartPort open = port;
            if (isOpen() && open != null) {
                // The loop has ended without running its shutdown hooks: nobody else is left to close the port.
                log.warn("{}: the event loop is gone; closing the port", open, e);
                open.close();
            }
        }
    }

    /**
     * Whether this is the loop that the channel belongs to now: it may have moved since a task was queued. If it is in
     * between two loops, {@link PortIo#attach} makes up for the task.
     */
    boolean onOwnLoop() {
        return isRegistered() && eventLoop().inEventLoop();
    }

    /** There may be something to read. On the channel's own event loop. */
    void portReadable() {
        PortIo from = io;
        if (from != null && inbound.isWanted()) {
            IOException lost = inbound.deliver(from, false);
            if (lost != null) {
                portFailed(lost);
            }
        }
    }

    /** There may be room to write. On the channel's own event loop. */
    void portWritable() {
        ((UartUnsafe) unsafe()).flush0();
    }

    /** The port failed under a read or a write. Any thread. */
    void portFailed(Throwable cause) {
        failure = cause;
        if (!onOwnLoop()) {
            if (isRegistered()) {
                executeOnLoop(() -> portFailed(cause));
            }
            return;
        }
        if (!isActive()) {
            return;
        }
        PortIo from = io;
        if (from != null) {
            inbound.deliver(from, true); // as Netty's socket channels do at the end of a connection
        }
        if (isActive()) {
            pipeline().fireExceptionCaught(cause);
            unsafe().close(unsafe().voidPromise());
        }
    }

    // Opening.

    private void opened(int descriptor) {
        UartPort open = port;
        PortOpening attempt = opening;
        if (state != State.OPENING || open == null || attempt == null) {
            return; // closed meanwhile; closing has closed the port too
        }
        opening = null;
        io = descriptor != DescriptorPort.NONE && open instanceof DescriptorPort withDescriptor
                ? EpollIo.of(this, withDescriptor, descriptor)
                : new ThreadedIo(this, open, () -> {}, Unpooled.EMPTY_BUFFER);
        state = State.ACTIVE;
        attachIo();
        boolean wanted = attempt.succeed();
        pipeline().fireChannelActive();
        if (!wanted) {
            unsafe().close(unsafe().voidPromise()); // cancelled
        }
    }

    private void attachIo() {
        PortIo before = io;
        if (before != null) {
            PortIo moving = before.on(eventLoop());
            io = moving;
            config().preferDirectBuffers(moving.isDirect());
            moving.attach();
            log.debug("{}: bytes moved by {}", port, moving);
        }
    }

    private void openFailed(Throwable cause) {
        if (state == State.OPENING) {
            failConnect(cause);
            unsafe().close(unsafe().voidPromise());
        }
    }

    private void failConnect(Throwable cause) {
        PortOpening attempt = opening;
        if (attempt != null) {
            attempt.fail(cause);
        }
    }

    // Closing.

    private void startClosing() {
        state = State.CLOSING;
        inbound.want(false);
        failConnect(new ClosedChannelException());
        PortIo moving = io;
        if (moving != null) {
            moving.stop();
        }
    }

    private void eventLoopShutdown() {
        PortClosing running = closing;
        if (running != null) {
            running.finish();
        } else if (isOpen()) {
            closeWithoutWaiting = true; // this loop will not run another task
            unsafe().close(unsafe().voidPromise());
        }
    }

    private final class UartUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            if (state == State.OPENING) {
                promise.tryFailure(new ConnectionPendingException());
                return;
            }
            if (state == State.ACTIVE) {
                promise.tryFailure(new AlreadyConnectedException());
                return;
            }
            try {
                open(remote, local, promise);
            } catch (Throwable t) {
                promise.tryFailure(t);
                close(voidPromise());
            }
        }

        private void open(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise)
                throws IOException {
            if (!(remote instanceof UartAddress address)) {
                throw new IllegalArgumentException("cannot connect to " + remote + " (expected: a UartAddress)");
            }
            if (local != null) {
                throw new IllegalArgumentException("a serial port has no local address: " + local);
            }
            UartSettings settings = config().settingsToOpen(address);
            UartPort opened = portFactory.newPort(address);
            port = opened;
            remoteAddress = address;
            state = State.OPENING;
            PortOpening attempt = new PortOpening(opened, settings, promise, new OpeningListener());
            opening = attempt;
            attempt.start(eventLoop(), config().getConnectTimeoutMillis());
        }

        /** Flushed writes fail with what made the port fail, also when it is a handler that closes the channel for it. */
        @Override
        public void close(ChannelPromise promise) {
            Throwable cause = failure;
            if (cause == null) {
                super.close(promise);
            } else {
                ClosedChannelException closed = new ClosedChannelException();
                closed.initCause(cause);
                close(promise, cause, closed);
            }
        }

        @Override
        public void flush0() { // wider than AbstractUnsafe's, for portWritable()
            super.flush0();
        }

        /** The rest of AbstractUnsafe's close (which calls doClose) runs once the port is closed, or the limit passed. */
        @Override
        protected @Nullable Executor prepareToClose() {
            UartPort open = port;
            if (open == null || closeWithoutWaiting) {
                return null;
            }
            startClosing();
            PortOpening attempt = opening;
            PortClosing started =
                    new PortClosing(open, io, attempt == null ? null : attempt.opener(), eventLoop(), failure != null);
            closing = started;
            return started;
        }
    }

    /** On the opening thread, but for cancelled and timed out. */
    private final class OpeningListener implements PortOpening.Listener {
        @Override
        public void opened(int descriptor) {
            executeOnLoop(() -> PortChannel.this.opened(descriptor));
        }

        @Override
        public void openFailed(Throwable cause) {
            executeOnLoop(() -> PortChannel.this.openFailed(cause));
        }

        @Override
        public void givenUp(Throwable cause) {
            PortChannel.this.openFailed(cause);
        }
    }
}
