package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Operation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket's channel as the link sees it: its credits, the datagrams that its socket has handed over for the line, and the pieces
 * of those that do not fit one frame.
 */
final class ProxiedDatagrams extends ProxiedChannel {
    /** A closed socket's datagrams may take so long to leave. */
    private static final Duration LINGER = Duration.ofSeconds(30);

    /** In a frame, besides the bytes of a stream's: address without its bytes, port, and whether more follows. */
    private static final int HEADER_BYTES = 2 + 3 + 1;

    /** The socket's side. Called on the link's event loop; hops to its own. */
    interface Socket extends Owner {
        /**
         * The device has bound the socket.
         *
         * @param largest bytes of the largest datagram that it can send
         */
        void onBound(InetSocketAddress local, int largest);

        /** Takes over the datagram. */
        void onDatagram(DatagramPacket datagram);

        /** A datagram that was handed over has left for the line: so much more is welcome. */
        void onSent(int cost);

        /** The device had no room for datagrams that came from the network. */
        void onDropped(long datagrams, long bytes);

        /** The network has not taken a datagram, or has not delivered an earlier one. */
        void onDatagramFailed(IOException cause);
    }

    private record Outgoing(InetSocketAddress recipient, ByteBuf content, int cost) {}

    private final Socket socket;
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
    private final DatagramAssembly assembly = new DatagramAssembly();

    private boolean ready;
    /** The first one of the queue has left in part. */
    private boolean begun;
    /** Bytes that may still be sent. */
    private int sendCredit;
    /** Bytes that the device may still send. */
    private int receiveCredit;

    private int largest;
    private @Nullable InetSocketAddress asked;
    private @Nullable InetSocketAddress local;

    ProxiedDatagrams(ChannelMultiplexer multiplexer, Socket socket) {
        super(multiplexer, socket);
        this.socket = socket;
    }

    /** Returns what a datagram costs of the credits. */
    static int cost(int bytes) {
        return bytes + ChannelDatagram.OVERHEAD;
    }

    // ---- what the socket asks for

    /**
     * Binds the socket.
     *
     * @param local with the unspecified IPv4 address: all of them
     * @param window bytes that the device may send before it is granted more
     * @param timeout for the device; zero: none
     */
    void bind(InetSocketAddress local, int window, Duration timeout, Map<String, Object> options) {
        this.asked = local;
        receiveCredit = window;
        InetAddress address = local.getAddress();
        boolean allIpv4 = address.isAnyLocalAddress() && address.getAddress().length == 4;
        byte[] asked = allIpv4 ? null : address.getAddress();
        open(Operation.UDP_BIND, timeout, blobs -> new @Nullable Object[] {asked, local.getPort(), window, options});
    }

    @Override
    Throwable openFailure(Throwable cause) {
        return RemoteFailure.ofBind(cause, Objects.requireNonNull(asked));
    }

    /** Local address and port, credit, largest datagram. */
    @Override
    void readResults(List<@Nullable Object> results) throws UnknownHostException {
        local = address(results, 0, null);
        sendCredit = size(results, 2);
        largest = Math.min(size(results, 3), ChannelDatagram.BYTES_MAX);
    }

    @Override
    void established() {
        socket.onBound(local(), largest);
    }

    private InetSocketAddress local() {
        return Objects.requireNonNull(local);
    }

    /** Takes over a datagram for the line. */
    void send(InetSocketAddress recipient, ByteBuf content) {
        if (state() != State.OPEN) {
            content.release();
            return;
        }
        queue.add(new Outgoing(recipient, content, cost(content.readableBytes())));
        readyIfPossible();
    }

    /** Lets the device send so many more bytes. */
    void grant(int bytes) {
        if (state() == State.OPEN) {
            receiveCredit += bytes;
            multiplexer().sendNow(new ChannelCredit(number(), bytes));
        }
    }

    /** Ends the channel, when what was handed over has left: the socket wants to hear no more of it. */
    void close() {
        ownerClosed();
        assembly.release();
        switch (state()) {
            case OPENING -> cancelOpening();
            case OPEN -> {
                if (queue.isEmpty()) {
                    sendClose(ChannelClose.orderly(number()));
                } else {
                    linger(LINGER);
                }
            }
            case ABANDONED, LINGERING, CLOSE_SENT, FREE -> {}
        }
    }

    // ---- what the device sends

    @Override
    boolean handle(Message message) {
        if (message instanceof ChannelDatagram piece) {
            receive(piece);
        } else if (message instanceof ChannelCredit credit) {
            sendCredit = grown(sendCredit, credit);
            readyIfPossible();
        } else if (message instanceof Event event) {
            return handle(event);
        } else {
            return false;
        }
        return true;
    }

    private void receive(ChannelDatagram piece) {
        int before = assembly.bytes();
        int bytes = piece.content().readableBytes();
        if (!assembly.fits(piece)) {
            piece.release();
            multiplexer().violated("a datagram on channel " + number() + " between the pieces of another one");
        } else if (cost(before + bytes) > receiveCredit) {
            piece.release();
            fail(
                    ErrorCode.CREDIT_EXCEEDED,
                    "the device sent a datagram of " + (before + bytes) + " bytes with a credit of " + receiveCredit);
        } else if (isOwnerClosed()) {
            piece.release();
        } else {
            ByteBuf whole = assembly.add(piece);
            if (whole != null) {
                receiveCredit -= cost(whole.readableBytes());
                socket.onDatagram(new DatagramPacket(whole, local(), piece.peer()));
            }
        }
    }

    private boolean handle(Event event) {
        List<@Nullable Object> args = event.args();
        if (isOwnerClosed()) {
            return true;
        }
        if (event.event() == EventKind.DROPPED
                && args.size() >= 3
                && args.get(1) instanceof Number datagrams
                && args.get(2) instanceof Number bytes) {
            socket.onDropped(datagrams.longValue(), bytes.longValue());
            return true;
        }
        if (event.event() == EventKind.DATAGRAM_FAILED && args.size() >= 3 && args.get(1) instanceof Number code) {
            String text = args.get(2) instanceof String said ? said : "";
            Integer errno =
                    args.size() > 3 && args.get(3) instanceof Number number ? (Integer) number.intValue() : null;
            socket.onDatagramFailed(
                    RemoteFailure.ofDatagram(new RemoteError(ErrorCode.of(code.intValue()), text, errno)));
            return true;
        }
        return false;
    }

    // ---- sending

    private boolean canSend() {
        Outgoing first = queue.peek();
        return first != null
                && (state() == State.OPEN || state() == State.LINGERING)
                // For all of it at once: a datagram that has begun goes on.
                && (begun || first.cost <= sendCredit);
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
        Outgoing first = queue.element();
        if (!begun) {
            begun = true;
            sendCredit -= first.cost;
        }
        ByteBuf content = first.content;
        int limit = pieceBytesMax(first.recipient);
        if (content.readableBytes() > limit) {
            write(first.recipient, content.readRetainedSlice(limit), true);
        } else {
            queue.remove();
            begun = false;
            write(first.recipient, content, false);
            if (!isOwnerClosed()) {
                socket.onSent(first.cost);
            }
        }
        if (queue.isEmpty() && state() == State.LINGERING) {
            sendClose(ChannelClose.orderly(number()));
        }
        ready = canSend();
        return ready;
    }

    private int pieceBytesMax(InetSocketAddress recipient) {
        return multiplexer().dataBytesMax(number())
                - HEADER_BYTES
                - recipient.getAddress().getAddress().length;
    }

    private void write(InetSocketAddress recipient, ByteBuf piece, boolean more) {
        multiplexer().context().write(new ChannelDatagram(number(), recipient, piece, more));
    }

    @Override
    void release() {
        assembly.release();
        for (Outgoing datagram = queue.poll(); datagram != null; datagram = queue.poll()) {
            datagram.content.release();
        }
    }
}
