package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Moves a port's bytes by a reading and a writing thread; works with every port and every event loop. */
final class ThreadedIo implements PortIo {
    /** What a port needs before a thread may read or write it. */
    interface Preparation {
        void run() throws Exception;
    }

    /** The threads leave as soon as the port is closed; they are waited for so that nothing remains. */
    private static final long THREAD_LEAVE_MILLIS = 500;

    private final PortChannel channel;
    private final UartPort port;
    private final PortReader reader;
    private final PortWriter writer;
    private final AtomicBoolean inboundScheduled = new AtomicBoolean();
    private final AtomicBoolean outboundScheduled = new AtomicBoolean();
    private final Runnable inboundTask = this::inboundReady;
    private final Runnable outboundTask = this::outboundReady;
    private final Thread readerThread;
    private volatile @Nullable Thread writerThread;

    /** Starts the threads. {@code receivedBefore} is taken over, and comes before what they read. */
    ThreadedIo(PortChannel channel, UartPort port, Preparation preparation, ByteBuf receivedBefore) {
        this.channel = channel;
        this.port = port;
        reader = new PortReader(port, channel.config().getReadBufferSize(), new ReaderListener());
        writer = new PortWriter(port, new WriterListener());
        reader.prefill(receivedBefore);
        readerThread = ControlThread.start("uart-read-" + port.name(), () -> run(preparation));
    }

    private void run(Preparation preparation) {
        try {
            preparation.run();
        } catch (Throwable t) {
            channel.portFailed(t);
            return;
        }
        writerThread = ControlThread.start("uart-write-" + port.name(), writer); // ends at once if stopped meanwhile
        reader.run();
    }

    @Override
    public PortIo on(EventLoop loop) {
        return this;
    }

    @Override
    public boolean isDirect() {
        return false;
    }

    /** What happened while the channel belonged to no event loop found no taker. */
    @Override
    public void attach() {
        scheduleInbound();
        scheduleOutbound();
    }

    @Override
    public void detach() {}

    @Override
    public void readWanted() {
        if (reader.readable() > 0) {
            scheduleInbound();
        }
    }

    @Override
    public boolean mayRead() {
        return reader.readable() > 0;
    }

    @Override
    public ByteBufAllocator allocator(ByteBufAllocator configured) {
        return configured;
    }

    @Override
    public int read(ByteBuf target) {
        return reader.readInto(target);
    }

    @Override
    public void write(ChannelOutboundBuffer outbound) throws Exception {
        writer.transfer(outbound);
    }

    @Override
    public void stop() {
        reader.stop();
        writer.stop();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        readerThread.join(THREAD_LEAVE_MILLIS);
        Thread writing = writerThread;
        if (writing != null) {
            writing.join(THREAD_LEAVE_MILLIS);
        }
    }

    @Override
    public boolean isReadAheadFull() {
        return reader.isFull();
    }

    /** Any thread. */
    private void scheduleInbound() {
        if (inboundScheduled.compareAndSet(false, true)) {
            channel.executeOnLoop(inboundTask);
        }
    }

    /** Any thread. */
    private void scheduleOutbound() {
        if (outboundScheduled.compareAndSet(false, true)) {
            channel.executeOnLoop(outboundTask);
        }
    }

    private void inboundReady() {
        inboundScheduled.set(false);
        if (channel.onOwnLoop()) {
            channel.portReadable();
        } else if (channel.isRegistered()) {
            scheduleInbound(); // it has moved meanwhile
        }
    }

    private void outboundReady() {
        outboundScheduled.set(false);
        if (channel.onOwnLoop()) {
            channel.portWritable();
        } else if (channel.isRegistered()) {
            scheduleOutbound();
        }
    }

    private final class ReaderListener implements PortReader.Listener {
        @Override
        public void bytesArrived() {
            if (channel.isReadWanted()) {
                scheduleInbound();
            }
        }

        @Override
        public void readFailed(Throwable cause) {
            channel.portFailed(cause);
        }
    }

    private final class WriterListener implements PortWriter.Listener {
        @Override
        public void bytesAccepted() {
            scheduleOutbound();
        }

        @Override
        public void writeFailed(Throwable cause) {
            channel.portFailed(cause);
        }
    }

    @Override
    public String toString() {
        return "threads";
    }
}
