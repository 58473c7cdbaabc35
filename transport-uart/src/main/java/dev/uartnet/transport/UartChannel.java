package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial port as a Netty channel.
 *
 * <pre>{@code
 * new Bootstrap()
 *         .group(group)                       // NIO, epoll, io_uring or default: any
 *         .channel(UartChannel.class)
 *         .option(UartChannelOption.BAUD_RATE, 921_600)
 *         .handler(...)
 *         .connect(new UartAddress("/dev/ttyUSB0"));
 * }</pre>
 *
 * <p>It moves {@link ByteBuf}s and nothing else. No call blocks an event loop, even while the other end has stopped
 * reading. The states and threads are in the {@linkplain dev.uartnet.transport package}'s description, the options at
 * {@link UartChannelOption}.
 *
 * <ul>
 *   <li>A port that cannot be opened fails the connect future with a {@link UartException} and closes the channel, as do
 *       cancelling that future and {@code CONNECT_TIMEOUT_MILLIS} ({@link ConnectTimeoutException}).
 *   <li>A write's future succeeds when the operating system has accepted its bytes. It has then not yet left the wire;
 *       {@code close()} gives such bytes up to a second to leave. Bytes not yet accepted fail.
 *   <li>A port that vanishes delivers what was received before (also without a {@code read()}), then {@code
 *       exceptionCaught} with a {@link UartPortLostException}, which is also the failure of every flushed write, and
 *       closes the channel.
 *   <li>A line has no half-closure, no local address and no disconnect: {@code disconnect()} closes.
 *   <li>An active channel can move to another event loop ({@code deregister()}, then {@code register}); one that is
 *       still opening is closed by that. Shutting down the event loop closes the channel.
 * </ul>
 */
public final class UartChannel extends AbstractChannel {
    private enum State {
        NEW,
        OPENING,
        ACTIVE,
        CLOSING,
        CLOSED
    }

    /** A blocking call on an open port. */
    interface PortCall {
        void run(UartPort port) throws IOException;
    }

    private static final Logger log = LoggerFactory.getLogger(UartChannel.class);
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    private static final String EXPECTED_TYPE = " (expected: ByteBuf; encode it in the pipeline)";

    /** A port that does not close in this time is left to its closing thread. Longer than a driver's own wait. */
    private static final long CLOSE_LIMIT_MILLIS = 3_500;
    /** A lost port has nothing to wait for; the channel has to be closed within a second. */
    private static final long CLOSE_LOST_LIMIT_MILLIS = 500;
    /** The threads leave as soon as the port is closed; they are waited for so that nothing remains. */
    private static final long THREAD_LEAVE_MILLIS = 500;

    private final UartPortFactory portFactory;
    private final UartChannelConfig config;
    private final AtomicBoolean inboundScheduled = new AtomicBoolean();
    private final AtomicBoolean outboundScheduled = new AtomicBoolean();
    private final Runnable inboundTask = this::inboundReady;
    private final Runnable outboundTask = this::outboundReady;
    private final Runnable shutdownHook = this::eventLoopShutdown;

    // Written on the event loop only.
    private volatile State state = State.NEW;
    private volatile boolean readPending;
    private volatile @Nullable UartAddress remoteAddress;
    private volatile @Nullable UartPort port;
    private volatile @Nullable PortReader reader;
    private @Nullable PortWriter writer;
    private @Nullable Thread readerThread;
    private @Nullable Thread writerThread;
    private @Nullable ControlThread control;
    private @Nullable ChannelPromise connectPromise;
    private @Nullable Future<?> connectTimeout;
    private @Nullable Runnable finishClose;
    private boolean closeWithoutWaiting;
    private boolean portLost;
    /** Why the port is gone; kept for the next event loop if this channel has none at the time. */
    private volatile @Nullable Throwable failure;

    /** A channel over jSerialComm: the ports of the operating system. */
    public UartChannel() {
        this(address -> new JSerialCommPort(address.portName()));
    }

    /** A channel over {@code port}, whatever the address that it is connected to. */
    public UartChannel(UartPort port) {
        this(address -> port);
    }

    /** A channel over the port that {@code portFactory} makes for the address that it is connected to. */
    public UartChannel(UartPortFactory portFactory) {
        super(null);
        this.portFactory = portFactory;
        config = new UartChannelConfig(this);
    }

    @Override
    public UartChannelConfig config() {
        return config;
    }

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

    /**
     * Changes the settings of the open port, except the levels of DTR and RTS. Call it when the writes that belong to
     * the old settings have succeeded: it waits until what the port has accepted has left.
     *
     * @return succeeds when the port has the new settings; fails with {@link UartParameterException} if it does not
     *     support them, with {@link NotYetConnectedException} or {@link ClosedChannelException} if it is not open
     */
    public ChannelFuture configure(UartSettings settings) {
        config.update(old -> settings.withDtr(old.dtr()).withRts(old.rts()));
        return control(p -> p.configure(settings));
    }

    /** Asserts or releases DTR now; fails with {@link UartParameterException} if the port has no such line. */
    public ChannelFuture setDtr(boolean asserted) {
        config.update(old -> old.withDtr(asserted));
        return control(p -> p.setDtr(asserted));
    }

    /** Asserts or releases RTS now; fails with {@link UartParameterException} if the port has no such line. */
    public ChannelFuture setRts(boolean asserted) {
        config.update(old -> old.withRts(asserted));
        return control(p -> p.setRts(asserted));
    }

    /** Starts or ends a break now; fails with {@link UartParameterException} if the port cannot. */
    public ChannelFuture setBreak(boolean active) {
        return control(p -> p.setBreak(active));
    }

    /** An option was set: apply it if the port is open. A failure is shown to the pipeline. */
    void optionChanged(PortCall call) {
        if (state == State.ACTIVE) {
            control(call).addListener(future -> {
                Throwable cause = future.cause();
                if (cause != null && isActive()) {
                    pipeline().fireExceptionCaught(cause);
                }
            });
        }
    }

    private ChannelFuture control(PortCall call) {
        ChannelPromise promise = newPromise();
        if (!isRegistered()) {
            return promise.setFailure(isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
        }
        if (eventLoop().inEventLoop()) {
            control0(call, promise);
        } else {
            eventLoop().execute(() -> control0(call, promise));
        }
        return promise;
    }

    private void control0(PortCall call, ChannelPromise promise) {
        UartPort open = port;
        if (!isActive() || open == null) {
            promise.setFailure(isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
            return;
        }
        if (control == null) {
            control = new ControlThread("uart-control-" + open.name());
        }
        control.execute(() -> {
            try {
                call.run(open);
                promise.setSuccess();
            } catch (Throwable t) {
                promise.setFailure(t);
            }
        });
    }

    /** Whether the reader has stopped for lack of room; for tests. */
    boolean isReadBufferFull() {
        PortReader from = reader;
        return from != null && from.readable() == config.getReadBufferSize();
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
        promise.setSuccess();
        if (state == State.ACTIVE) {
            // Registered again, with another event loop: what arrived meanwhile found no taker.
            scheduleInbound();
            scheduleOutbound();
            Throwable cause = failure;
            if (cause != null) {
                executeOnLoop(() -> portFailed(cause));
            }
        }
    }

    @Override
    protected void doDeregister() {
        if (eventLoop() instanceof SingleThreadEventExecutor executor) {
            executor.removeShutdownHook(shutdownHook);
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
            closePortInBackground(() -> {});
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
        if (readPending) {
            return;
        }
        readPending = true; // before the look at the ring: the reader looks in the other order
        PortReader from = reader;
        if (from != null && from.readable() > 0) {
            scheduleInbound();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer outbound) throws Exception {
        PortWriter to = writer;
        if (to != null) {
            to.transfer(outbound);
        }
    }

    // Data.

    /** Any thread. */
    private void scheduleInbound() {
        if (inboundScheduled.compareAndSet(false, true)) {
            executeOnLoop(inboundTask);
        }
    }

    /** Any thread. */
    private void scheduleOutbound() {
        if (outboundScheduled.compareAndSet(false, true)) {
            executeOnLoop(outboundTask);
        }
    }

    private void executeOnLoop(Runnable task) {
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
     * between two loops, {@link #doRegister} makes up for the task.
     */
    private boolean onOwnLoop() {
        return isRegistered() && eventLoop().inEventLoop();
    }

    private void inboundReady() {
        inboundScheduled.set(false);
        if (!onOwnLoop()) {
            if (isRegistered()) {
                scheduleInbound();
            }
            return;
        }
        PortReader from = reader;
        if (from != null && readPending && isActive() && from.readable() > 0) {
            readFrom(from, false);
        }
    }

    @SuppressWarnings(
            "deprecation") // Handle is deprecated for ExtendedHandle, which recvBufAllocHandle does not return
    private void readFrom(PortReader from, boolean everything) {
        ChannelPipeline pipeline = pipeline();
        RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        ByteBuf buffer = null;
        try {
            do {
                buffer = handle.allocate(config.getAllocator());
                handle.attemptedBytesRead(buffer.writableBytes());
                handle.lastBytesRead(from.readInto(buffer));
                handle.incMessagesRead(1);
                readPending = false;
                ByteBuf message = buffer;
                buffer = null;
                pipeline.fireChannelRead(message);
            } while (isActive() && from.readable() > 0 && (everything || handle.continueReading()));
            handle.readComplete();
            pipeline.fireChannelReadComplete();
        } catch (Throwable t) { // a buffer could not be allocated
            ReferenceCountUtil.release(buffer);
            readPending = false;
            handle.readComplete();
            pipeline.fireChannelReadComplete();
            pipeline.fireExceptionCaught(t);
        }
    }

    private void outboundReady() {
        outboundScheduled.set(false);
        if (onOwnLoop()) {
            ((UartUnsafe) unsafe()).flush0();
        } else if (isRegistered()) {
            scheduleOutbound();
        }
    }

    /** The port failed under a read or a write. */
    private void portFailed(Throwable cause) {
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
        portLost = true;
        PortReader from = reader;
        if (from != null && from.readable() > 0) {
            readFrom(from, true); // as Netty's socket channels do at the end of a connection
        }
        if (isActive()) {
            pipeline().fireExceptionCaught(cause);
            unsafe().close(unsafe().voidPromise());
        }
    }

    // Opening.

    private void opened() {
        if (state != State.OPENING) {
            return; // closed meanwhile; closing has closed the port too
        }
        UartPort open = port;
        ChannelPromise promise = connectPromise;
        if (open == null || promise == null) {
            throw new IllegalStateException("opened without connect");
        }
        cancelConnectTimeout();
        connectPromise = null;
        PortWriter to = new PortWriter(open, new WriterListener());
        writer = to;
        writerThread = ControlThread.start("uart-write-" + open.name(), to);
        state = State.ACTIVE;
        boolean wanted = promise.trySuccess();
        pipeline().fireChannelActive();
        if (!wanted) {
            unsafe().close(unsafe().voidPromise()); // cancelled
        }
    }

    private void openFailed(Throwable cause) {
        if (state != State.OPENING) {
            return;
        }
        failConnect(cause);
        unsafe().close(unsafe().voidPromise());
    }

    private void failConnect(Throwable cause) {
        cancelConnectTimeout();
        ChannelPromise promise = connectPromise;
        connectPromise = null;
        if (promise != null) {
            promise.tryFailure(cause);
        }
    }

    private void cancelConnectTimeout() {
        Future<?> timeout = connectTimeout;
        connectTimeout = null;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    // Closing.

    private void startClosing() {
        state = State.CLOSING;
        readPending = false;
        failConnect(new ClosedChannelException());
        if (reader != null) {
            reader.stop();
        }
        if (writer != null) {
            writer.stop();
        }
    }

    /** Closes the port on a thread of its own and waits there for the others; then calls {@code closed}. */
    private void closePortInBackground(Runnable closed) {
        UartPort open = port;
        if (open == null) {
            closed.run();
            return;
        }
        Thread reading = readerThread;
        Thread writing = writerThread;
        ControlThread.start("uart-close-" + open.name(), () -> {
            try {
                open.close();
                // A thread that is still opening may take long; it closes what it opens by itself.
                awaitEnd(writing != null ? reading : null);
                awaitEnd(writing);
            } catch (Throwable t) {
                log.warn("{}: closing failed", open, t);
            } finally {
                closed.run();
            }
        });
    }

    private static void awaitEnd(@Nullable Thread thread) throws InterruptedException {
        if (thread != null) {
            thread.join(THREAD_LEAVE_MILLIS);
        }
    }

    private void eventLoopShutdown() {
        Runnable finish = finishClose;
        if (finish != null) {
            finish.run();
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
            UartSettings settings = config.getSettings();
            if (settings.dtr() != settings.rts() && !config.isAllowResetOnOpen()) {
                throw new UartParameterException(
                        address.portName(),
                        address.portName() + ": DTR " + settings.dtr() + " with RTS " + settings.rts()
                                + " resets an ESP32 board on open (give both the same level, or set"
                                + " ALLOW_RESET_ON_OPEN)");
            }
            UartPort opening = portFactory.newPort(address);
            PortReader from = new PortReader(opening, settings, config.getReadBufferSize(), new ReaderListener());
            port = opening;
            remoteAddress = address;
            reader = from;
            connectPromise = promise;
            state = State.OPENING;
            readerThread = ControlThread.start("uart-read-" + opening.name(), from);

            int timeout = config.getConnectTimeoutMillis();
            if (timeout > 0) {
                connectTimeout = eventLoop().schedule(() -> timedOut(address, timeout), timeout, TimeUnit.MILLISECONDS);
            }
            promise.addListener(future -> {
                if (future.isCancelled() && state == State.OPENING) {
                    close(voidPromise());
                }
            });
        }

        private void timedOut(UartAddress address, int timeoutMillis) {
            if (state == State.OPENING) {
                failConnect(new ConnectTimeoutException(
                        "cannot open " + address + ": the driver took longer than " + timeoutMillis + " ms"));
                close(voidPromise());
            }
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
        public void flush0() { // wider than AbstractUnsafe's, for outboundReady()
            super.flush0();
        }

        /** The rest of AbstractUnsafe's close (which calls doClose) runs once the port is closed, or the limit passed. */
        @Override
        protected @Nullable Executor prepareToClose() {
            if (port == null || closeWithoutWaiting) {
                return null;
            }
            startClosing();
            return rest -> {
                AtomicBoolean once = new AtomicBoolean();
                Runnable finish = () -> {
                    if (once.compareAndSet(false, true)) {
                        finishClose = null;
                        rest.run();
                    }
                };
                finishClose = finish;
                long limit = portLost ? CLOSE_LOST_LIMIT_MILLIS : CLOSE_LIMIT_MILLIS;
                Future<?> timeout = eventLoop().schedule(finish, limit, TimeUnit.MILLISECONDS);
                closePortInBackground(() -> executeAfterClose(() -> {
                    timeout.cancel(false);
                    finish.run();
                }));
            };
        }

        private void executeAfterClose(Runnable task) {
            try {
                eventLoop().execute(task);
            } catch (RejectedExecutionException e) {
                // The loop has ended and has run its shutdown hook, which finished the close.
                log.debug("{}: closed after its event loop", UartChannel.this, e);
            }
        }
    }

    private final class ReaderListener implements PortReader.Listener {
        @Override
        public void opened() {
            executeOnLoop(UartChannel.this::opened);
        }

        @Override
        public void openFailed(Throwable cause) {
            executeOnLoop(() -> UartChannel.this.openFailed(cause));
        }

        @Override
        public void bytesArrived() {
            if (readPending) {
                scheduleInbound();
            }
        }

        @Override
        public void readFailed(Throwable cause) {
            executeOnLoop(() -> portFailed(cause));
        }
    }

    private final class WriterListener implements PortWriter.Listener {
        @Override
        public void bytesAccepted() {
            scheduleOutbound();
        }

        @Override
        public void writeFailed(Throwable cause) {
            executeOnLoop(() -> portFailed(cause));
        }
    }
}
