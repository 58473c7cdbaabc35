package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PreferredDirectByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes a port's descriptor on the channel's event loop, when epoll says that it is ready. Its states are in the
 * package's description.
 */
final class EpollIo implements PortIo, DescriptorPort.Pause {
    private static final Logger log = LoggerFactory.getLogger(EpollIo.class);
    /** Always told, whether asked for or not. */
    private static final int EPOLLHUP = 0x10;

    private static final int EPOLLERR = EpollIoOps.EPOLLERR.value();
    private static final int EPOLLIN = EpollIoOps.EPOLLIN.value();
    private static final int EPOLLOUT = EpollIoOps.EPOLLOUT.value();
    /** n_tty's own buffer: a read never returns more. */
    private static final int READ_AHEAD_CHUNK = 4096;
    /** An event loop that does not run has nobody who reads or writes. */
    private static final long PAUSE_LIMIT_MILLIS = 1_000;

    private final PortChannel channel;
    private final DescriptorPort port;
    private final FileDescriptor descriptor; // never closed here: the port does it
    private final DescriptorWriter writer;
    private final PreferredDirectByteBufAllocator allocator = new PreferredDirectByteBufAllocator();
    private final Runnable deliverTask = this::deliverLater;
    private final Runnable flushTask = this::flushLater;
    private final Runnable refreshTask = this::refresh;

    private @Nullable Registered registered;
    /** What was read while nobody wanted it. */
    private ByteBuf ahead = Unpooled.EMPTY_BUFFER;

    private volatile boolean aheadFull;
    /** The kernel said that there is input, and no read has found none since. */
    private boolean inputReady;

    private boolean writeBlocked;
    /** Written on the channel's event loop; by the one that it has left, when it is between two. */
    private volatile boolean paused;

    private boolean stopped;

    private EpollIo(PortChannel channel, DescriptorPort port, int descriptor) {
        this.channel = channel;
        this.port = port;
        this.descriptor = new FileDescriptor(descriptor);
        writer = new DescriptorWriter(this.descriptor);
    }

    /** For an open port with that descriptor. Only on one of the {@link EpollLoops}. */
    static PortIo of(PortChannel channel, DescriptorPort port, int descriptor) {
        EpollIo io = new EpollIo(channel, port, descriptor);
        port.setPause(io);
        return io;
    }

    @Override
    public PortIo on(EventLoop loop) {
        if (EpollLoops.contain(loop)) {
            return this;
        }
        stopped = true; // of no use any more
        ByteBuf received = ahead;
        ahead = Unpooled.EMPTY_BUFFER;
        return new ThreadedIo(channel, port, port::useThreads, received);
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public void attach() {
        Registered mine = new Registered();
        registered = mine;
        ((IoEventLoop) channel.eventLoop()).register(mine).addListener(mine::begin);
    }

    @Override
    public void detach() {
        Registered old = registered;
        registered = null;
        if (old != null) {
            old.cancel();
        }
    }

    @Override
    public void stop() {
        stopped = true;
        detach();
        ahead.release();
        ahead = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void awaitEnd() {}

    // Input.

    @Override
    public void readWanted() {
        if (ahead.isReadable()) {
            channel.executeOnLoop(deliverTask);
        }
    }

    private void deliverLater() {
        if (isMine() && ahead.isReadable()) {
            channel.portReadable();
        }
    }

    @Override
    public boolean mayRead() {
        return ahead.isReadable() || (inputReady && !paused && !stopped);
    }

    @Override
    public ByteBufAllocator allocator(ByteBufAllocator configured) {
        allocator.updateAllocator(configured);
        return allocator;
    }

    @Override
    public int read(ByteBuf target) throws IOException {
        if (!ahead.isReadable()) {
            return readPort(target);
        }
        int count = Math.min(target.writableBytes(), ahead.readableBytes());
        target.writeBytes(ahead, count);
        if (!ahead.isReadable()) {
            ahead.release();
            ahead = Unpooled.EMPTY_BUFFER;
        }
        aheadFull = false;
        askKernel();
        return count;
    }

    private int readPort(ByteBuf target) throws IOException {
        int start = target.writerIndex();
        int room = target.writableBytes();
        int count;
        try {
            if (target.hasMemoryAddress()) {
                count = descriptor.readAddress(target.memoryAddress(), start, start + room);
            } else {
                var memory = target.internalNioBuffer(start, room);
                count = descriptor.read(memory, memory.position(), memory.limit());
            }
        } catch (IOException e) {
            throw lost("read", e);
        }
        if (count > 0) {
            target.writerIndex(start + count);
            return count;
        }
        inputReady = false;
        if (count < 0 && port.isLost()) { // a terminal that is ready for others, or gone
            throw lost("read", null);
        }
        return 0;
    }

    /** As the kernel's own buffer is small. */
    private void readAhead() throws IOException {
        int limit = channel.config().getReadBufferSize();
        if (!ahead.isReadable()) {
            ahead.release();
            ahead = channel.alloc().directBuffer(Math.min(READ_AHEAD_CHUNK, limit), limit);
        }
        int room = Math.min(READ_AHEAD_CHUNK, limit - ahead.readableBytes());
        if (ahead.maxWritableBytes() < room) {
            ahead.discardReadBytes();
        }
        ahead.ensureWritable(room);
        ByteBuf part = ahead.slice(ahead.writerIndex(), room).writerIndex(0);
        ahead.writerIndex(ahead.writerIndex() + readPort(part));
        aheadFull = ahead.readableBytes() == limit;
        askKernel();
    }

    @Override
    public boolean isReadAheadFull() {
        return aheadFull;
    }

    private void inputReady() {
        inputReady = true;
        if (channel.isReadWanted()) {
            channel.portReadable();
            return;
        }
        try {
            readAhead();
        } catch (IOException e) {
            channel.portFailed(e);
        }
    }

    // Output.

    @Override
    public void write(ChannelOutboundBuffer outbound) throws Exception {
        if (!writeBlocked && !paused && !stopped) {
            writeNow(outbound);
        }
    }

    private void writeNow(ChannelOutboundBuffer outbound) throws Exception {
        DescriptorWriter.Result result;
        try {
            result = writer.write(outbound, channel.alloc(), channel.config().getWriteSpinCount());
        } catch (IOException e) {
            writeBlocked = true;
            channel.executeOnLoop(() -> channel.portFailed(lost("write", e))); // not inside of a flush
            return;
        }
        port.written();
        writeBlocked = result == DescriptorWriter.Result.BLOCKED;
        askKernel();
        if (result == DescriptorWriter.Result.MORE) {
            channel.executeOnLoop(flushTask); // when others have had their turn
        }
    }

    private void flushLater() {
        if (isMine()) {
            channel.portWritable();
        }
    }

    private void outputReady() {
        writeBlocked = false; // and asks for output again if it still is; for nothing if all is written
        channel.portWritable();
        askKernel();
    }

    // Events.

    /** A queued task may find that the channel has moved, or that threads move its bytes now. */
    private boolean isMine() {
        return !stopped && registered != null && channel.onOwnLoop();
    }

    private void askKernel() {
        Registered current = registered;
        if (current != null) {
            boolean input = !paused && !aheadFull;
            boolean output = !paused && writeBlocked;
            current.ask(EPOLLERR | (input ? EPOLLIN : 0) | (output ? EPOLLOUT : 0));
        }
    }

    private UartPortLostException lost(String operation, @Nullable IOException cause) {
        UartPortLostException lost = new UartPortLostException(
                port.name(),
                port.name() + " is gone (" + operation + " failed): unplugged, or its other end was closed");
        if (cause != null) {
            lost.initCause(cause);
        }
        return lost;
    }

    /** The port's settings are about to change. */
    @Override
    public void begin() {
        CountDownLatch done = new CountDownLatch(1);
        setPaused(true, done::countDown);
        try {
            if (!done.await(PAUSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                log.debug("{}: its event loop is late; its settings change nevertheless", port);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void end() {
        setPaused(false, () -> {});
    }

    private void setPaused(boolean now, Runnable done) {
        channel.executeOnLoop(() -> {
            paused = now;
            if (!channel.onOwnLoop() && channel.isRegistered()) {
                setPaused(now, done); // it has moved meanwhile
                return;
            }
            refresh();
            done.run();
        });
    }

    private void refresh() {
        if (isMine()) {
            askKernel();
            readWanted();
            channel.portWritable();
        }
    }

    @Override
    public String toString() {
        return "epoll, descriptor " + descriptor.intValue();
    }

    /** The port at one event loop. */
    private final class Registered implements EpollIoHandle {
        private @Nullable IoRegistration registration;
        private int asked;

        void begin(Future<? super IoRegistration> future) {
            if (!future.isSuccess()) {
                channel.portFailed(future.cause());
                return;
            }
            IoRegistration made = (IoRegistration) future.getNow();
            if (registered != this) { // detached meanwhile
                made.cancel();
                return;
            }
            registration = made;
            channel.executeOnLoop(refreshTask); // when the channel is registered
        }

        void ask(int operations) {
            IoRegistration current = registration;
            if (current != null && operations != asked) {
                asked = operations;
                current.submit(EpollIoOps.valueOf(operations));
            }
        }

        void cancel() {
            IoRegistration current = registration;
            if (current != null) {
                current.cancel();
            }
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration current, IoEvent event) {
            int ready = ((EpollIoEvent) event).ops().value();
            if (registered == this && (ready & (EPOLLERR | EPOLLHUP)) != 0) {
                inputReady = true;
                detach(); // or it would be told again and again
                channel.portFailed(lost("wait", null));
            }
            if (registered == this && (ready & EPOLLOUT) != 0) {
                outputReady();
            }
            if (registered == this && (ready & EPOLLIN) != 0) {
                inputReady();
            }
        }

        /** The event loop shuts down; the channel closes itself then. */
        @Override
        public void close() {}
    }
}
