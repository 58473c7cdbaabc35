package dev.uartnet.esp32;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listener's channel. Its states stand in the package's description.
 *
 * <p>Takes a connection from the network only while the host has granted one and the device has a channel for it: so what more comes
 * waits in the system's backlog.
 */
final class TcpListener extends DeviceChannel {
    /** How long a listener rests when the system has given it no connection (no file descriptor, for instance). */
    private static final int PAUSE_MILLIS = 100;

    private enum State {
        OPENING,
        OPEN,
        CLOSE_RECEIVED,
        CLOSE_SENT,
        FREE
    }

    private final int hostCredit;
    private final Map<ChannelOption<?>, Object> acceptedOptions;
    private State state = State.OPENING;
    private @Nullable ServerSocketChannel socket;
    private @Nullable TlsServer tls;
    /** Connections that may be announced. */
    private int credit;

    private boolean paused;

    /**
     * @param credit connections that may be announced
     * @param hostCredit bytes that the device may send at first in each
     * @param acceptedOptions set on each; may change
     */
    TcpListener(
            DeviceSession session,
            int number,
            int credit,
            int hostCredit,
            Map<ChannelOption<?>, Object> acceptedOptions) {
        super(session, number);
        this.credit = credit;
        this.hostCredit = hostCredit;
        this.acceptedOptions = acceptedOptions;
    }

    /** The socket is bound, and the host knows. With TLS, connections are announced when their handshakes are done. */
    void open(ServerSocketChannel bound, @Nullable TlsServer tls) {
        if (state != State.OPENING) {
            bound.close(); // the answer has ended the session
            return;
        }
        socket = bound;
        this.tls = tls;
        state = State.OPEN;
        bound.pipeline().addLast(this);
        acceptOrNot();
    }

    /** Whether there is credit, or room, may have changed. */
    void acceptOrNot() {
        if (state == State.OPEN && socket != null) {
            socket.config().setAutoRead(mayAccept() && !paused);
        }
    }

    private boolean mayAccept() {
        return state == State.OPEN
                && credit > 0
                && session.board().wifi().isUp()
                && session.channels().hasRoom()
                && (tls == null || !tls.isBusy());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        SocketChannel connection = (SocketChannel) msg;
        if (!mayAccept()) { // it had come before that was known
            session.counters().refused();
            Sockets.reset(connection);
            return;
        }
        credit--;
        session.channels().holdPlace();
        int number = session.channels().lowestOfDevice();
        try {
            session.sockets().prepare(connection, number, acceptedOptions);
            if (tls == null) {
                announce(connection);
            } else {
                tls.accept(connection, failure -> onHandshake(connection, failure));
            }
        } catch (DeviceException e) {
            Sockets.reset(connection);
            failed();
        }
        acceptOrNot(); // this one has taken credit, a place, and perhaps the last handshake
    }

    private void onHandshake(SocketChannel connection, @Nullable DeviceException failure) {
        try {
            if (failure != null) {
                throw failure;
            }
            announce(connection);
        } catch (DeviceException e) {
            connection.close();
            failed();
        }
        acceptOrNot(); // there is room for another handshake
    }

    private void announce(SocketChannel connection) throws DeviceException {
        InetSocketAddress local = connection.localAddress();
        InetSocketAddress remote = connection.remoteAddress();
        if (state != State.OPEN || local == null || remote == null) {
            throw new DeviceException(ErrorCode.CONNECTION_ABORTED, "the listener is gone, or the peer");
        }
        int number = session.channels().lowestOfDevice();
        int firstCredit = session.channelCredit();
        TcpChannelBridge channel = new TcpChannelBridge(session, number, firstCredit, hostCredit);
        session.channels().accept(channel);
        session.counters().accepted();
        session.send(new ChannelAccept(number(), number, local, remote, firstCredit));
        channel.open(connection);
    }

    /** A connection that has taken credit and a place comes to nothing. */
    private void failed() {
        session.counters().refused();
        credit++;
        session.channels().freePlace(); // and looks for the next one
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        paused = true;
        acceptOrNot();
        var unused = session.loop().schedule(this::resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void resume() {
        paused = false;
        acceptOrNot();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.OPEN) {
            state = State.CLOSE_SENT;
            abortHandshakes();
            sendClose(new DeviceException(ErrorCode.IO, "the socket was closed"));
        }
    }

    /** It stays; what came before is gone. */
    @Override
    void networkLost(DeviceException why) {
        abortHandshakes();
    }

    @Override
    void networkChanged() {
        acceptOrNot();
    }

    @Override
    void grant(int connections) {
        if (state == State.OPEN) {
            credit = added(credit, connections);
            acceptOrNot();
        }
    }

    @Override
    void closeByHost(ErrorCode code) {
        switch (state) {
            case OPEN -> {
                state = State.CLOSE_RECEIVED;
                abortHandshakes();
                if (socket != null) {
                    close(socket, this::onClosed);
                }
            }
            case CLOSE_SENT -> free();
            case OPENING, CLOSE_RECEIVED, FREE -> session.ignored();
        }
    }

    private void onClosed() {
        if (state == State.CLOSE_RECEIVED) {
            free();
            sendClose(null);
        }
    }

    @Override
    void drop() {
        free();
        abortHandshakes();
        if (socket != null) {
            socket.close();
        }
    }

    private void abortHandshakes() {
        if (tls != null) {
            tls.abort();
        }
    }

    private void free() {
        state = State.FREE;
        session.channels().remove(this);
    }

    @Override
    SocketOptions options() throws DeviceException {
        if (state != State.OPEN || socket == null) {
            throw notOpen();
        }
        return new SocketOptions(SocketOption.OF_LISTENER, socket.config(), acceptedOptions);
    }
}
