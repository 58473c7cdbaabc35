package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One channel of the link as the link sees it, whatever it carries: its number, how it comes about and how it ends. {@code package-info} has
 * the states.
 *
 * <p>All of it lives on the link's event loop; the {@link Owner} hears of events by its own means, in order.
 */
abstract class ProxiedChannel {
    /** The socket's side. Called on the link's event loop; hops to its own. */
    interface Owner {
        void onOpenFailed(Throwable cause);

        /** The device has closed the channel. */
        void onClosed(ChannelClose close);

        /** The channel has ended by an error on this side of the line. */
        void onFailed(IOException cause);
    }

    enum State {
        OPENING,
        ABANDONED,
        OPEN,
        LINGERING,
        CLOSE_SENT,
        FREE
    }

    /** A GiB of credit is as good as no limit; the sum must not overflow. */
    private static final int CREDIT_MAX = 1 << 30;

    private final ChannelMultiplexer multiplexer;
    private final Owner owner;
    private State state = State.FREE;
    private int number = -1;
    private boolean ownerClosed;
    private Duration timeout = Duration.ZERO;
    private @Nullable Future<?> request;
    private @Nullable Blobs blobs;
    private @Nullable Future<?> lingerTimeout;

    ProxiedChannel(ChannelMultiplexer multiplexer, Owner owner) {
        this.multiplexer = multiplexer;
        this.owner = owner;
    }

    final ChannelMultiplexer multiplexer() {
        return multiplexer;
    }

    final State state() {
        return state;
    }

    final int number() {
        return number;
    }

    /** Returns whether the socket wants to hear no more of this channel. */
    final boolean isOwnerClosed() {
        return ownerClosed;
    }

    // ---- opening

    /**
     * Asks the device to open the channel.
     *
     * @param timeout for the device; zero: none
     * @param arguments what stands behind the channel's number; asked when the request is sure to be sent
     */
    final void open(int operation, Duration timeout, Function<Blobs, @Nullable Object[]> arguments) {
        if (!ask(operation, timeout, arguments)) {
            multiplexer.withdraw();
        }
    }

    /** Returns whether it has a channel now. */
    private boolean ask(int operation, Duration timeout, Function<Blobs, @Nullable Object[]> arguments) {
        LinkLostException lost = multiplexer.lost();
        if (lost != null) {
            owner.onOpenFailed(LinkLostException.down(lost));
            return false;
        }
        if (ownerClosed) {
            return false;
        }
        number = multiplexer.add(this);
        if (number < 0) {
            owner.onOpenFailed(new SocketException("all channel numbers of the link are in use"));
            return false;
        }
        state = State.OPENING;
        this.timeout = timeout;
        Blobs blobs = multiplexer.blobs();
        this.blobs = blobs;
        @Nullable Object[] args = arguments.apply(blobs);
        @Nullable Object[] all = new @Nullable Object[1 + args.length];
        all[0] = number;
        System.arraycopy(args, 0, all, 1, args.length);
        Future<List<@Nullable Object>> request = multiplexer.requests().request(operation, timeout, all);
        this.request = request;
        request.addListener((Future<List<@Nullable Object>> answer) -> {
            if (!answer.isSuccess()) {
                unanswered(answer.cause());
            }
        });
        return true;
    }

    /** The device has opened the channel by itself: a connection that came in. */
    final void openedByDevice(int number) {
        this.number = number;
        state = State.OPEN;
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
        if (!ownerClosed) {
            owner.onOpenFailed(openFailure(cause));
        }
    }

    /** The device has answered with an error. */
    final void refused(ErrorResponse error) {
        boolean tell = state == State.OPENING && !ownerClosed;
        Throwable notWritten = blobs == null ? null : blobs.failure();
        free();
        if (tell && notWritten != null) {
            owner.onOpenFailed(openFailure(notWritten));
        } else if (tell) {
            Throwable cause = error.code() == ErrorCode.DEADLINE
                    ? new RequestTimeoutException(timeout)
                    : new RequestFailedException(error);
            owner.onOpenFailed(openFailure(cause));
        }
    }

    /** The device has opened the channel. */
    final void opened(List<@Nullable Object> results) {
        try {
            readResults(results);
        } catch (UnknownHostException | IllegalArgumentException e) {
            multiplexer.violated("a socket's opening was answered with something else: " + e.getMessage());
            return;
        }
        boolean wanted = state == State.OPENING && !ownerClosed;
        blobsConsumed();
        state = State.OPEN;
        if (wanted) {
            established();
        } else {
            sendClose(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "no longer wanted", null));
        }
    }

    /** Reads what the device says of the open channel. */
    abstract void readResults(List<@Nullable Object> results) throws UnknownHostException;

    /** The channel is open, its results are read. */
    abstract void established();

    /** Returns the exception for a failed opening that a socket of this host would have thrown. */
    abstract Throwable openFailure(Throwable cause);

    /** The socket no longer wants the channel that is being opened. */
    final void cancelOpening() {
        Future<?> request = this.request;
        if (request != null) {
            request.cancel(false);
        }
    }

    // ---- what the device sends

    /** Takes over a message for this channel. */
    final void receive(Message message) {
        if (message instanceof ChannelClose close) {
            receiveClose(close);
        } else if (message instanceof Event && state != State.OPEN) {
            // It may be late: of the channel that had the number before.
            ReferenceCountUtil.release(message);
        } else if (state == State.OPENING || state == State.ABANDONED) {
            multiplexer.violated(
                    message.getClass().getSimpleName() + " for channel " + number + ", which is not open yet");
            ReferenceCountUtil.release(message);
        } else if (state == State.CLOSE_SENT || !handle(message)) {
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes over a message for the open channel. Returns false, and leaves it alone, if it is none for this kind of channel. */
    abstract boolean handle(Message message);

    private void receiveClose(ChannelClose close) {
        if (state == State.OPENING || state == State.ABANDONED) {
            multiplexer.violated("CHANNEL_CLOSE for channel " + number + ", which is not open yet");
            return;
        }
        if (state != State.CLOSE_SENT) {
            multiplexer.sendNow(ChannelClose.orderly(number));
        }
        boolean tell = !ownerClosed && state == State.OPEN;
        free();
        if (tell) {
            owner.onClosed(close);
        }
    }

    final void linkLost(LinkLostException cause) {
        boolean opening = state == State.OPENING;
        boolean tell = !ownerClosed && (opening || state == State.OPEN);
        end(State.FREE);
        if (tell && opening) {
            owner.onOpenFailed(cause);
        } else if (tell) {
            owner.onFailed(cause);
        }
    }

    // ---- sending, closing

    /**
     * Sets an option of the open channel (PROTOCOL.md, section 8).
     *
     * @param onFailure hears of it if the device refuses; not if the channel or the link ends first
     */
    final void setOption(String name, Object value, Consumer<Throwable> onFailure) {
        if (state != State.OPEN) {
            return;
        }
        multiplexer
                .requests()
                .request(Operation.SOCKET_OPTION, Duration.ZERO, number, name, value)
                .addListener(answer -> {
                    if (answer.cause() instanceof RequestFailedException refused && state == State.OPEN) {
                        onFailure.accept(refused);
                    }
                });
    }

    /** Sends at most one frame, in this channel's turn. Returns whether there is more to send. */
    abstract boolean sendFrame();

    /** The socket is closed: it hears no more. */
    final void ownerClosed() {
        ownerClosed = true;
    }

    /** Returns how many bytes may be sent, now that the device allows more. */
    static int grown(int sendCredit, ChannelCredit more) {
        return (int) Math.min((long) sendCredit + Math.max(0, more.credit()), CREDIT_MAX);
    }

    /**
     * Waits with CHANNEL_CLOSE until what is queued has left.
     *
     * @param max how long that may take
     */
    final void linger(Duration max) {
        state = State.LINGERING;
        lingerTimeout =
                multiplexer.context().executor().schedule(this::lingerTimedOut, max.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lingerTimedOut() {
        if (state == State.LINGERING) {
            sendClose(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "the network took no more", null));
        }
    }

    final void sendClose(ChannelClose close) {
        end(State.CLOSE_SENT);
        multiplexer.sendNow(close);
    }

    /** Ends the channel because the device has broken the protocol on it. */
    final void fail(ErrorCode code, String text) {
        sendClose(new ChannelClose(number, code, text, null));
        if (!ownerClosed) {
            owner.onFailed(new SocketException(text));
        }
    }

    private void free() {
        end(State.FREE);
        multiplexer.remove(number);
    }

    private void blobsConsumed() {
        if (blobs != null) {
            blobs.consumed();
            blobs = null;
        }
    }

    private void end(State next) {
        blobsConsumed();
        state = next;
        Future<?> timeout = lingerTimeout;
        if (timeout != null) {
            timeout.cancel(false);
            lingerTimeout = null;
        }
        release();
    }

    /** Releases what waits to be sent. May be called more than once. */
    abstract void release();

    // ---- results of requests

    /** The name asked for, to keep with the address: looking the address up backwards could give another, and would block. */
    static @Nullable String nameOf(InetSocketAddress asked) {
        String host = asked.getHostString();
        return asked.isUnresolved() || !host.equals(asked.getAddress().getHostAddress()) ? host : null;
    }

    static InetSocketAddress address(List<@Nullable Object> results, int index, @Nullable String name)
            throws UnknownHostException {
        int port = integer(results, index + 1);
        if (!(results.get(index) instanceof byte[] bytes)) {
            throw new IllegalArgumentException("result " + index + " is not an address");
        }
        return new InetSocketAddress(InetAddress.getByAddress(name, bytes), port);
    }

    /** Returns a result that is a size or a number of bytes. */
    static int size(List<@Nullable Object> results, int index) {
        int size = integer(results, index);
        if (size < 0) {
            throw new IllegalArgumentException("result " + index + " is negative");
        }
        return size;
    }

    private static int integer(List<@Nullable Object> results, int index) {
        if (index >= results.size() || !(results.get(index) instanceof Number number)) {
            throw new IllegalArgumentException("result " + index + " is not a number");
        }
        return (int) Math.max(-1, Math.min(number.longValue(), Integer.MAX_VALUE));
    }
}
