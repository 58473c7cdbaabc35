package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One proxied channel as the link sees it: its number, its credits, and the bytes that its socket has handed over for the line.
 * {@code package-info} has the states.
 *
 * <p>All of it lives on the link's event loop; the {@link Socket} hears of events by its own means, in order.
 */
final class ProxiedStream {
    /** A frame is put together of at most so many writes. */
    private static final int PIECES_MAX = 64;

    /** A GiB of credit is as good as no limit; the sum must not overflow. */
    private static final int CREDIT_MAX = 1 << 30;

    /** The socket's side. Called on the link's event loop; hops to its own. */
    interface Socket {
        void onConnected(InetSocketAddress local, InetSocketAddress remote);

        void onConnectFailed(Throwable cause);

        /** Takes over the buffer. */
        void onData(ByteBuf data);

        void onEof();

        /** Bytes that were handed over have left for the line: so many more are welcome. */
        void onSent(int bytes);

        /** The device has closed the channel. */
        void onClosed(ChannelClose close);

        /** The channel has ended by an error on this side of the line. */
        void onFailed(IOException cause);
    }

    private enum State {
        OPENING,
        ABANDONED,
        OPEN,
        LINGERING,
        CLOSE_SENT,
        FREE
    }

    private final ChannelMultiplexer multiplexer;
    private final Socket socket;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();

    private State state = State.FREE;
    private int number = -1;
    private boolean socketClosed;
    private boolean ready;
    private boolean eofRequested;
    private boolean eofSent;
    /** Bytes that may still be sent. */
    private int sendCredit;
    /** Bytes that the device may still send. */
    private int receiveCredit;

    private @Nullable InetSocketAddress remote;
    private Duration timeout = Duration.ZERO;
    private @Nullable Future<?> request;
    private @Nullable Future<?> lingerTimeout;

    ProxiedStream(ChannelMultiplexer multiplexer, Socket socket) {
        this.multiplexer = multiplexer;
        this.socket = socket;
    }

    // What the socket asks for.

    /**
     * Opens the connection.
     *
     * @param window bytes that the device may send before it is granted more
     * @param timeout for the device; zero: none
     */
    void connect(InetSocketAddress remote, int window, Duration timeout, Map<String, Object> options) {
        LinkLostException lost = multiplexer.lost();
        if (lost != null) {
            socket.onConnectFailed(LinkLostException.down(lost));
            return;
        }
        if (socketClosed) {
            return;
        }
        number = multiplexer.add(this);
        if (number < 0) {
            socket.onConnectFailed(new SocketException("all channel numbers of the link are in use"));
            return;
        }
        state = State.OPENING;
        this.remote = remote;
        this.timeout = timeout;
        receiveCredit = window;
        Object host = remote.isUnresolved()
                ? remote.getHostString()
                : remote.getAddress().getAddress();
        Future<List<@Nullable Object>> request = multiplexer
                .requests()
                .request(Operation.TCP_CONNECT, timeout, number, host, remote.getPort(), window, options);
        this.request = request;
        request.addListener((Future<List<@Nullable Object>> answer) -> {
            if (!answer.isSuccess()) {
                unanswered(answer.cause());
            }
        });
    }

    /** The request has failed without an answer of the device's. One that was sent is still answered. */
    private void unanswered(Throwable cause) {
        if (state != State.OPENING) {
            return;
        }
        if (cause instanceof RequestTimeoutException || cause instanceof CancellationException) {
            state = State.ABANDONED;
        } else {
            free();
        }
        if (!socketClosed) {
            socket.onConnectFailed(RemoteFailure.ofConnect(cause, remote()));
        }
    }

    /** The device answered TCP_CONNECT with an error. */
    void refused(ErrorResponse error) {
        boolean tell = state == State.OPENING && !socketClosed;
        free();
        if (tell) {
            Throwable cause = error.code() == ErrorCode.DEADLINE
                    ? new RequestTimeoutException(timeout)
                    : new RequestFailedException(error);
            socket.onConnectFailed(RemoteFailure.ofConnect(cause, remote()));
        }
    }

    /** The device answered TCP_CONNECT: local address and port, remote address and port, credit. */
    void opened(List<@Nullable Object> results) {
        InetSocketAddress local;
        InetSocketAddress remote;
        int credit;
        try {
            local = address(results, 0, null);
            remote = address(results, 2, nameOf(remote()));
            credit = integer(results, 4);
            if (credit < 0) {
                throw new IllegalArgumentException("a negative credit");
            }
        } catch (UnknownHostException | IllegalArgumentException e) {
            multiplexer.violated("TCP_CONNECT was answered with something else than two addresses and a credit");
            return;
        }
        boolean wanted = state == State.OPENING && !socketClosed;
        state = State.OPEN;
        if (!wanted) {
            sendClose(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "no longer wanted", null));
            return;
        }
        credit(credit);
        socket.onConnected(local, remote);
    }

    private InetSocketAddress remote() {
        return Objects.requireNonNull(remote);
    }

    /** Takes over buffers for the line. */
    void send(List<ByteBuf> buffers) {
        if (state != State.OPEN || eofRequested) {
            buffers.forEach(ByteBuf::release);
            return;
        }
        queue.addAll(buffers);
        readyIfPossible();
    }

    /** Lets the device send so many more bytes. */
    void grant(int bytes) {
        if (state == State.OPEN) {
            receiveCredit += bytes;
            multiplexer.sendNow(new ChannelCredit(number, bytes));
        }
    }

    /** Sends the end of the stream behind everything that was handed over. */
    void shutdownOutput() {
        if (state == State.OPEN && !eofRequested) {
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
        socketClosed = true;
        switch (state) {
            case OPENING -> cancelConnect();
            case OPEN -> {
                if (linger.isZero()) {
                    sendClose(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "", null));
                } else if (queue.isEmpty()) {
                    sendClose(ChannelClose.orderly(number));
                } else {
                    state = State.LINGERING;
                    lingerTimeout = multiplexer
                            .context()
                            .executor()
                            .schedule(this::lingerTimedOut, linger.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
            case ABANDONED, LINGERING, CLOSE_SENT, FREE -> {}
        }
    }

    private void cancelConnect() {
        Future<?> request = this.request;
        if (request != null) {
            request.cancel(false);
        }
    }

    private void lingerTimedOut() {
        if (state == State.LINGERING) {
            sendClose(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "the network took no more bytes", null));
        }
    }

    // What the device sends.

    void receive(ByteBuf data) {
        int bytes = data.readableBytes();
        if (state == State.CLOSE_SENT) {
            data.release();
        } else if (bytes > receiveCredit) {
            data.release();
            String text = "the device sent " + bytes + " bytes with a credit of " + receiveCredit;
            sendClose(new ChannelClose(number, ErrorCode.CREDIT_EXCEEDED, text, null));
            socket.onFailed(new SocketException(text));
        } else {
            receiveCredit -= bytes;
            if (socketClosed) {
                data.release();
            } else {
                socket.onData(data);
            }
        }
    }

    void receiveEof() {
        if (state != State.CLOSE_SENT && !socketClosed) {
            socket.onEof();
        }
    }

    void credit(int bytes) {
        sendCredit = (int) Math.min((long) sendCredit + Math.max(0, bytes), CREDIT_MAX);
        readyIfPossible();
    }

    void receiveClose(ChannelClose close) {
        if (state == State.OPENING || state == State.ABANDONED) {
            multiplexer.violated("CHANNEL_CLOSE for channel " + number + ", which is not open yet");
            return;
        }
        if (state != State.CLOSE_SENT) {
            multiplexer.sendNow(ChannelClose.orderly(number));
        }
        boolean tell = !socketClosed && state == State.OPEN;
        free();
        if (tell) {
            socket.onClosed(close);
        }
    }

    void linkLost(LinkLostException cause) {
        boolean opening = state == State.OPENING;
        boolean tell = !socketClosed && (opening || state == State.OPEN);
        release();
        if (tell && opening) {
            socket.onConnectFailed(cause);
        } else if (tell) {
            socket.onFailed(cause);
        }
    }

    // Sending.

    private boolean canSend() {
        return (state == State.OPEN || state == State.LINGERING) && sendCredit > 0 && !queue.isEmpty();
    }

    private void readyIfPossible() {
        if (!ready && canSend()) {
            ready = true;
            multiplexer.ready(this);
        }
    }

    /** Sends at most one frame. Returns whether there is more to send. */
    boolean sendFrame() {
        ready = false;
        if (!canSend()) {
            return false;
        }
        ByteBuf frame = nextFrame(Math.min(sendCredit, multiplexer.dataBytesMax(number)));
        int bytes = frame.readableBytes();
        sendCredit -= bytes;
        multiplexer.context().write(new ChannelData(number, frame));
        if (!socketClosed) {
            socket.onSent(bytes);
        }
        if (queue.isEmpty()) {
            if (state == State.LINGERING) {
                sendClose(ChannelClose.orderly(number));
            } else {
                sendEofIfDue();
            }
        }
        ready = canSend();
        return ready;
    }

    private ByteBuf nextFrame(int limit) {
        ByteBuf first = queue.element();
        if (first.readableBytes() > limit) {
            return first.readRetainedSlice(limit);
        }
        queue.remove();
        if (first.readableBytes() == limit || queue.isEmpty()) {
            return first;
        }
        CompositeByteBuf frame = multiplexer.context().alloc().compositeBuffer(PIECES_MAX);
        frame.addComponent(true, first);
        int room = limit - first.readableBytes();
        while (room > 0 && !queue.isEmpty() && frame.numComponents() < PIECES_MAX) {
            ByteBuf next = queue.element();
            int bytes = Math.min(room, next.readableBytes());
            frame.addComponent(true, bytes == next.readableBytes() ? queue.remove() : next.readRetainedSlice(bytes));
            room -= bytes;
        }
        return frame;
    }

    private void sendEofIfDue() {
        if (state == State.OPEN && eofRequested && !eofSent && queue.isEmpty()) {
            eofSent = true;
            multiplexer.sendNow(new ChannelEof(number));
        }
    }

    private void sendClose(ChannelClose close) {
        release();
        state = State.CLOSE_SENT;
        multiplexer.sendNow(close);
    }

    private void free() {
        release();
        multiplexer.remove(number);
    }

    private void release() {
        state = State.FREE;
        Future<?> timeout = lingerTimeout;
        if (timeout != null) {
            timeout.cancel(false);
            lingerTimeout = null;
        }
        for (ByteBuf buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            buffer.release();
        }
    }

    /** The name asked for, to keep with the address: looking the address up backwards could give another, and would block. */
    private static @Nullable String nameOf(InetSocketAddress asked) {
        String host = asked.getHostString();
        return asked.isUnresolved() || !host.equals(asked.getAddress().getHostAddress()) ? host : null;
    }

    private static InetSocketAddress address(List<@Nullable Object> results, int index, @Nullable String name)
            throws UnknownHostException {
        int port = integer(results, index + 1);
        if (!(results.get(index) instanceof byte[] bytes)) {
            throw new IllegalArgumentException("result " + index + " is not an address");
        }
        return new InetSocketAddress(InetAddress.getByAddress(name, bytes), port);
    }

    private static int integer(List<@Nullable Object> results, int index) {
        if (index >= results.size() || !(results.get(index) instanceof Number number)) {
            throw new IllegalArgumentException("result " + index + " is not a number");
        }
        return (int) Math.max(-1, Math.min(number.longValue(), Integer.MAX_VALUE));
    }
}
