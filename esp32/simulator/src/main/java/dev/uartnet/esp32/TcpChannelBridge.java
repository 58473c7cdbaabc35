package dev.uartnet.esp32;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TCP channel: a socket on one side, messages on the other. Its states stand in the package's description.
 *
 * <p>Memory: towards the network at most the credit granted, towards the host one frame, or with TLS one record. The socket's own buffers and TCP's window
 * stop the peer behind that.
 */
final class TcpChannelBridge extends DeviceChannel implements NetworkOutput.Owner {
    /** How long a closed channel may go on writing what it holds (PROTOCOL.md, section 9). */
    private static final int FLUSH_SECONDS_MAX = 30;

    private enum State {
        OPENING,
        OPEN,
        CLOSE_RECEIVED,
        CLOSE_SENT,
        FREE
    }

    private State state = State.OPENING;
    private @Nullable SocketChannel socket;
    /** Stands between it and this channel, if TLS was wanted. */
    private @Nullable SslHandler tls;
    /** Why the connection fails; told to the host when all bytes before it have gone. */
    private @Nullable DeviceException failure;

    private @Nullable Future<?> flushDeadline;

    // Host to network.
    private final NetworkOutput output;
    private boolean hostEnded;
    private boolean outputEnded;

    // Network to host.
    /** Bytes that the device may still send. */
    private int credit;
    /** What was read and not sent: at most one frame, or with TLS one record. */
    private @Nullable ByteBuf held;

    private boolean inTurns;
    private boolean inputEnded;
    private boolean eofSent;

    TcpChannelBridge(DeviceSession session, int number, int firstCredit, int hostCredit) {
        super(session, number);
        this.output = new NetworkOutput(this, firstCredit);
        this.credit = hostCredit;
    }

    int firstCredit() {
        return output.firstCredit();
    }

    /** The socket is connected, and the host knows. */
    void open(SocketChannel connected) {
        if (state != State.OPENING) {
            ChannelFuture unused = connected.close(); // the answer has ended the session
            return;
        }
        socket = connected;
        state = State.OPEN;
        tls = connected.pipeline().get(SslHandler.class);
        connected.pipeline().addLast(this);
        connected.read();
    }

    /** The session has ended. */
    @Override
    void drop() {
        free();
        reset();
    }

    // What the host sends.

    @Override
    void receive(ByteBuf data) {
        if (state != State.OPEN || failure != null) {
            data.release();
            return;
        }
        int bytes = data.readableBytes();
        int allowed = hostEnded ? 0 : output.granted(); // who has ended has nothing left to send
        if (bytes > allowed) {
            data.release();
            fail(new DeviceException(ErrorCode.CREDIT_EXCEEDED, bytes + " bytes sent, " + allowed + " were allowed"));
            return;
        }
        output.send(data, socket());
    }

    @Override
    public boolean giveBack(int bytes) {
        if (state != State.OPEN || hostEnded || failure != null) {
            return false;
        }
        session.send(new ChannelCredit(number(), bytes));
        return true;
    }

    @Override
    public void onAllWritten() {
        if (state == State.CLOSE_RECEIVED) {
            finish(null);
        } else if (state == State.OPEN && hostEnded && !outputEnded) {
            endOutput();
        }
    }

    private void endOutput() {
        SocketChannel socket = socket();
        SslHandler secure = tls;
        if (secure == null) {
            socket.shutdownOutput().addListener(shut -> onOutputEnded());
        } else if (secure.engine().getSession().getProtocol().equals("TLSv1.3")) {
            ChannelFuture notified = secure.closeOutbound();
            notified.addListener(sent -> socket.shutdownOutput().addListener(shut -> onOutputEnded()));
        } else {
            // Before TLS 1.3 close_notify ends both directions (RFC 5246, section 7.2.1): it waits for the other one.
            onOutputEnded();
        }
    }

    private void onOutputEnded() {
        outputEnded = true;
        closeIfBothEnded();
    }

    @Override
    public void onWriteFailed(Throwable cause) {
        outputEnded = true;
        if (state == State.CLOSE_RECEIVED) {
            finish(DeviceException.ofSocket(cause));
        } else if (state == State.OPEN && failure == null) {
            // What the peer had sent before it went may still wait in the socket: it stands before the error.
            failure = DeviceException.ofSocket(cause);
            closeIfBothEnded();
        }
    }

    @Override
    void grant(int bytes) {
        if (state != State.OPEN) {
            return;
        }
        credit = added(credit, bytes);
        takeTurn();
    }

    @Override
    void endOfHost() {
        if (state != State.OPEN || hostEnded) {
            session.ignored();
            return;
        }
        hostEnded = true;
        if (output.isEmpty() && failure == null) {
            onAllWritten();
        }
    }

    @Override
    void closeByHost(ErrorCode code) {
        switch (state) {
            case OPEN -> {
                releaseHeld();
                state = State.CLOSE_RECEIVED;
                if (code != ErrorCode.NONE) {
                    free();
                    reset();
                    sendClose(null);
                } else if (failure != null || output.isEmpty()) {
                    finish(failure);
                } else {
                    flushDeadline = session.loop().schedule(this::flushTooSlow, FLUSH_SECONDS_MAX, TimeUnit.SECONDS);
                }
            }
            case CLOSE_SENT -> free();
            case OPENING, CLOSE_RECEIVED, FREE -> session.ignored();
        }
    }

    private void flushTooSlow() {
        finish(new DeviceException(
                ErrorCode.TIMED_OUT, "the peer did not take the last bytes within " + FLUSH_SECONDS_MAX + " s", 110));
    }

    // What the network sends.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf data = (ByteBuf) msg;
        if (state != State.OPEN) {
            data.release();
            return;
        }
        ByteBuf before = held;
        if (before == null) {
            held = data;
        } else { // several records of TLS, which came with one read
            held = ctx.alloc().buffer(before.readableBytes() + data.readableBytes());
            held.writeBytes(before).writeBytes(data);
            before.release();
            data.release();
        }
        takeTurn();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) { // close_notify
            onInputEnded();
        } else if (event instanceof ChannelInputShutdownEvent) {
            if (tls != null && !inputEnded && failure == null) {
                failure = new DeviceException(
                        ErrorCode.CONNECTION_RESET, "the peer ended the connection without close_notify", 104);
            }
            onInputEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (failure == null) {
            failure = DeviceException.ofSocket(cause);
        }
        onInputEnded();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.OPEN && failure == null) {
            failure = new DeviceException(ErrorCode.IO, "the socket was closed");
        }
        onInputEnded();
    }

    private void onInputEnded() {
        inputEnded = true;
        afterInput();
    }

    /** Reads the next frame's worth, also without credit: this is how the end of the input is seen behind the last byte. */
    private void readOn() {
        if (state == State.OPEN && held == null && !inputEnded) {
            socket().read();
        }
    }

    private void takeTurn() {
        if (held != null && credit > 0 && !inTurns) {
            inTurns = true;
            session.joinTurns(this);
        }
    }

    /** It is this channel's turn. */
    @Override
    void sendFrame() {
        inTurns = false;
        ByteBuf data = held;
        if (data == null || credit == 0) {
            return;
        }
        int most = Math.min(credit, session.dataBytes(number()));
        if (data.readableBytes() <= most) {
            held = null;
        } else {
            data = data.readRetainedSlice(most);
        }
        credit -= data.readableBytes();
        session.sendData(new ChannelData(number(), data));
        takeTurn(); // if there is more
        afterInput();
        readOn();
    }

    private void afterInput() {
        if (state != State.OPEN || !inputEnded || held != null) {
            return;
        }
        if (failure == null && !eofSent) {
            eofSent = true;
            session.send(new ChannelEof(number()));
        }
        closeIfBothEnded();
    }

    private void closeIfBothEnded() {
        if (state != State.OPEN || !inputEnded || held != null) {
            return;
        }
        if (failure != null) {
            fail(failure);
        } else if (eofSent && outputEnded) {
            state = State.CLOSE_SENT;
            socket().close();
            sendClose(null);
        }
    }

    @Override
    SocketOptions options() throws DeviceException {
        if (state != State.OPEN) {
            throw notOpen();
        }
        return SocketOptions.of(SocketOption.OF_CONNECTION, socket().config());
    }

    // Ends.

    @Override
    void networkLost(DeviceException why) {
        if (state == State.OPEN) {
            fail(why);
        } else if (state == State.CLOSE_RECEIVED) {
            finish(why);
        }
    }

    /** The device ends the channel unasked. */
    private void fail(DeviceException why) {
        state = State.CLOSE_SENT;
        releaseHeld();
        reset();
        sendClose(why);
    }

    /** The device answers the host's CHANNEL_CLOSE. */
    private void finish(@Nullable DeviceException why) {
        if (state != State.CLOSE_RECEIVED) {
            return;
        }
        free();
        if (why == null) {
            socket().close();
        } else {
            reset();
        }
        sendClose(why);
    }

    private void free() {
        state = State.FREE;
        releaseHeld();
        output.release();
        if (flushDeadline != null) {
            flushDeadline.cancel(false);
        }
        session.channels().remove(this);
    }

    private void reset() {
        if (socket != null) {
            Sockets.reset(socket);
        }
    }

    private void releaseHeld() {
        if (inTurns) {
            inTurns = false;
            session.leaveTurns(this);
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private SocketChannel socket() {
        if (socket == null) {
            throw new IllegalStateException("channel " + number() + " has no socket yet");
        }
        return socket;
    }
}
