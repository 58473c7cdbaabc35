package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Operation;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A connection's channel as the link sees it: its credits, and the bytes that its socket has handed over for the line. */
final class ProxiedStream extends ProxiedChannel {
    /** The socket's side. Called on the link's event loop; hops to its own. */
    interface Socket extends Owner {
        void onConnected(InetSocketAddress local, InetSocketAddress remote);

        /** Takes over the buffer. */
        void onData(ByteBuf data);

        void onEof();

        /** Bytes that were handed over have left for the line: so many more are welcome. */
        void onSent(int bytes);
    }

    private final Socket socket;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();

    private boolean ready;
    private boolean eofRequested;
    private boolean eofSent;
    /** Bytes that may still be sent. */
    private int sendCredit;
    /** Bytes that the device may still send. */
    private int receiveCredit;

    private ChannelCredit lastGrant = new ChannelCredit(0, 0);

    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;

    ProxiedStream(ChannelMultiplexer multiplexer, Socket socket) {
        super(multiplexer, socket);
        this.socket = socket;
    }

    /**
     * A connection that came in at a listener; it is open.
     *
     * @param window bytes that the device may send before it is granted more
     */
    ProxiedStream(ChannelMultiplexer multiplexer, Socket socket, ChannelAccept accept, int window) {
        this(multiplexer, socket);
        local = accept.local();
        remote = accept.remote();
        receiveCredit = window;
        sendCredit = Math.max(0, accept.credit());
        openedByDevice(accept.channel());
    }

    // ---- what the socket asks for

    /**
     * Opens the connection.
     *
     * @param window bytes that the device may send before it is granted more
     * @param timeout for the device; zero: none
     * @param tls what the device needs to end TLS, null if it is not to
     */
    void connect(
            InetSocketAddress remote,
            int window,
            Duration timeout,
            Map<String, Object> options,
            @Nullable DeviceTls tls) {
        this.remote = remote;
        receiveCredit = window;
        Object host = remote.isUnresolved()
                ? remote.getHostString()
                : remote.getAddress().getAddress();
        Map<String, Object> all = new LinkedHashMap<>(options);
        open(tls == null ? Operation.TCP_CONNECT : Operation.TLS_CONNECT, timeout, blobs -> {
            if (tls != null) {
                all.putAll(tls.options(nameOf(remote), blobs));
            }
            return new @Nullable Object[] {host, remote.getPort(), window, all};
        });
    }

    @Override
    Throwable openFailure(Throwable cause) {
        return RemoteFailure.ofConnect(cause, remote());
    }

    /** Local address and port, remote address and port, credit. */
    @Override
    void readResults(List<@Nullable Object> results) throws UnknownHostException {
        local = address(results, 0, null);
        remote = address(results, 2, nameOf(remote()));
        sendCredit = size(results, 4);
    }

    @Override
    void established() {
        readyIfPossible();
        socket.onConnected(Objects.requireNonNull(local), remote());
    }

    private InetSocketAddress remote() {
        return Objects.requireNonNull(remote);
    }

    /** Takes over all buffers of the queue for the line. */
    void send(Queue<ByteBuf> buffers) {
        boolean open = state() == State.OPEN && !eofRequested;
        for (ByteBuf buffer = buffers.poll(); buffer != null; buffer = buffers.poll()) {
            if (open) {
                queue.add(buffer);
            } else {
                buffer.release();
            }
        }
        readyIfPossible();
    }

    /** Lets the device send so many more bytes. */
    void grant(int bytes) {
        if (state() == State.OPEN) {
            receiveCredit += bytes;
            multiplexer().sendNow(credit(number(), bytes));
        }
    }

    /** A reader that keeps up is granted the same again and again: one object then serves. */
    private ChannelCredit credit(int number, int bytes) {
        if (lastGrant.channel() != number || lastGrant.credit() != bytes) {
            lastGrant = new ChannelCredit(number, bytes);
        }
        return lastGrant;
    }

    /** Sends the end of the stream behind everything that was handed over. */
    void shutdownOutput() {
        if (state() == State.OPEN && !eofRequested) {
            eofRequested = true;
            sendEofIfDue();
        }
    }

    /**
     * Ends the channel: the socket wants to hear no more of it.
     *
     * @param linger how long bytes that were handed over may take to leave; zero: they are dropped and the connection is reset
     */
    void close(Duration linger) {
        ownerClosed();
        switch (state()) {
            case OPENING -> cancelOpening();
            case OPEN -> {
                if (linger.isZero()) {
                    sendClose(new ChannelClose(number(), ErrorCode.CONNECTION_ABORTED, "", null));
                } else if (queue.isEmpty()) {
                    sendClose(ChannelClose.orderly(number()));
                } else {
                    linger(linger);
                }
            }
            case ABANDONED, LINGERING, CLOSE_SENT, FREE -> {}
        }
    }

    // ---- what the device sends

    @Override
    boolean handle(Message message) {
        if (message instanceof ChannelData data) {
            receive(data.take());
        } else if (message instanceof ChannelCredit credit) {
            sendCredit = grown(sendCredit, credit);
            readyIfPossible();
        } else if (message instanceof ChannelEof) {
            if (!isOwnerClosed()) {
                socket.onEof();
            }
        } else {
            return false;
        }
        return true;
    }

    private void receive(ByteBuf data) {
        int bytes = data.readableBytes();
        if (bytes > receiveCredit) {
            data.release();
            fail(ErrorCode.CREDIT_EXCEEDED, "the device sent " + bytes + " bytes with a credit of " + receiveCredit);
        } else {
            receiveCredit -= bytes;
            if (isOwnerClosed()) {
                data.release();
            } else {
                socket.onData(data);
            }
        }
    }

    // ---- sending

    private boolean canSend() {
        return (state() == State.OPEN || state() == State.LINGERING) && sendCredit > 0 && !queue.isEmpty();
    }

    private void readyIfPossible() {
        if (!ready && canSend()) {
            ready = true;
            multiplexer().ready(this);
        }
    }

    @Override
    boolean sendFrame() {
        ready = false;
        if (!canSend()) {
            return false;
        }
        ByteBuf frame = nextFrame(Math.min(sendCredit, multiplexer().dataBytesMax(number())));
        int bytes = frame.readableBytes();
        sendCredit -= bytes;
        multiplexer().write(ChannelData.of(number(), frame));
        if (!isOwnerClosed()) {
            socket.onSent(bytes);
        }
        if (queue.isEmpty()) {
            if (state() == State.LINGERING) {
                sendClose(ChannelClose.orderly(number()));
            } else {
                sendEofIfDue();
            }
        }
        ready = canSend();
        return ready;
    }

    private ByteBuf nextFrame(int limit) {
        ByteBuf first = queue.element();
        if (first.readableBytes() == limit || (first.readableBytes() < limit && queue.size() == 1)) {
            return queue.remove();
        }
        // A part of a large write, or as many small ones as the frame takes.
        ByteBuf frame = multiplexer().context().alloc().heapBuffer(limit, limit);
        while (frame.isWritable() && !queue.isEmpty()) {
            ByteBuf next = queue.element();
            frame.writeBytes(next, Math.min(frame.writableBytes(), next.readableBytes()));
            if (!next.isReadable()) {
                queue.remove().release();
            }
        }
        return frame;
    }

    private void sendEofIfDue() {
        if (state() == State.OPEN && eofRequested && !eofSent && queue.isEmpty()) {
            eofSent = true;
            multiplexer().sendNow(new ChannelEof(number()));
        }
    }

    @Override
    void release() {
        for (ByteBuf buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            buffer.release();
        }
    }
}
