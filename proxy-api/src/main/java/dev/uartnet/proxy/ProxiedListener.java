package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Operation;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listener's channel as the link sees it: how many more connections the device may announce, and where they go. */
final class ProxiedListener extends ProxiedChannel {
    /** The socket's side. Called on the link's event loop; hops to its own. */
    interface Socket extends Owner {
        void onListening(InetSocketAddress local);

        /** A connection came in: the stream is this listener's user's now, and has to be given its socket at once. */
        ProxiedStream onAccept(ChannelAccept accept);
    }

    private final Socket socket;
    private @Nullable InetSocketAddress asked;
    private @Nullable InetSocketAddress local;
    /** Connections that the device may still announce. */
    private int credit;

    ProxiedListener(ChannelMultiplexer multiplexer, Socket socket) {
        super(multiplexer, socket);
        this.socket = socket;
    }

    // ---- what the socket asks for

    /**
     * Begins to listen.
     *
     * @param local with the unspecified IPv4 address: on all of them
     * @param backlog 0: the device's own
     * @param credit connections that the device may announce before it is granted more
     * @param timeout for the device; zero: none
     * @param tls what the device needs to end TLS, null if it is not to
     */
    void listen(
            InetSocketAddress local,
            int backlog,
            int credit,
            Duration timeout,
            Map<String, Object> options,
            @Nullable DeviceTls tls) {
        asked = local;
        this.credit = credit;
        byte[] address = local.getAddress().getAddress();
        boolean allIpv4 = address.length == 4 && local.getAddress().isAnyLocalAddress();
        Map<String, Object> all = new LinkedHashMap<>(options);
        open(tls == null ? Operation.TCP_LISTEN : Operation.TLS_LISTEN, timeout, blobs -> {
            if (tls != null) {
                all.putAll(tls.options(null, blobs));
            }
            return new @Nullable Object[] {allIpv4 ? null : address, local.getPort(), backlog, credit, all};
        });
    }

    @Override
    Throwable openFailure(Throwable cause) {
        return RemoteFailure.ofListen(cause, Objects.requireNonNull(asked));
    }

    /** Local address and port. */
    @Override
    void readResults(List<@Nullable Object> results) throws UnknownHostException {
        local = address(results, 0, null);
    }

    @Override
    void established() {
        socket.onListening(Objects.requireNonNull(local));
    }

    /** Lets the device announce so many more connections. */
    void grant(int connections) {
        if (state() == State.OPEN) {
            credit += connections;
            multiplexer().sendNow(new ChannelCredit(number(), connections));
        }
    }

    /** Stops listening: the socket wants to hear no more. Connections that came in live on. */
    void close() {
        ownerClosed();
        switch (state()) {
            case OPENING -> cancelOpening();
            case OPEN -> sendClose(ChannelClose.orderly(number()));
            case ABANDONED, LINGERING, CLOSE_SENT, FREE -> {}
        }
    }

    // ---- what the device sends

    /** Returns the stream of a connection that came in, or null if it is not wanted. */
    @Nullable
    ProxiedStream accept(ChannelAccept accept) {
        if (state() != State.OPEN || isOwnerClosed()) {
            return null;
        }
        if (credit == 0) {
            fail(ErrorCode.CREDIT_EXCEEDED, "the device announced a connection without a credit for it");
            return null;
        }
        credit--;
        return socket.onAccept(accept);
    }

    @Override
    boolean handle(Message message) {
        return false;
    }

    @Override
    boolean sendFrame() {
        return false;
    }

    @Override
    void release() {}
}
