package dev.uartnet.esp32;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TCP channel: a socket on one side, messages on the other. Its states stand in the package's description.
 *
 * <p>Memory: towards the network at most the credit granted, towards the host one frame. The socket's own buffers and TCP's window
 * stop the peer behind that.
 */
final class TcpChannelBridge extends DeviceChannel {
    /** How long a closed channel may go on writing what it holds (PROTOCOL.md, section 9). */
    private static final int FLUSH_SECONDS_MAX = 30;

    private enum State {
        OPENING,
        OPEN,
        CLOSE_RECEIVED,
        CLOSE_SENT,
        FREE
    }

    private final int firstCredit;
    private State state = State.OPENING;
    private @Nullable SocketChannel socket;
    /** Why the connection fails; told to the host when all bytes before it have gone. */
    private @Nullable DeviceException failure;

    private @Nullable Future<?> flushDeadline;

    // Host to network.
    /** Bytes that the host may still send. */
    private int granted;
    /** Bytes that the network has taken and that are yet to be granted again. */
    private int taken;
    /** Bytes handed to the socket and not taken yet. */
    private int writing;
    /** Bytes that wait behind these, null if none: one buffer, whatever the size of the frames that brought them. */
    private @Nullable ByteBuf backlog;

    private boolean hostEnded;
    private boolean outputEnded;

    // Network to host.
    /** Bytes that the device may still send. */
    private int credit;
    /** What was read and not sent: at most one frame. */
    private @Nullable ByteBuf held;

    private boolean inTurns;
    private boolean inputEnded;
    private boolean eofSent;

    TcpChannelBridge(DeviceSession session, int number, int firstCredit, int hostCredit) {
        super(session, number);
        this.firstCredit = firstCredit;
        this.granted = firstCredit;
        this.credit = hostCredit;
    }

    int firstCredit() {
        return firstCredit;
    }

    /** The socket is connected, and the host knows. */
    void open(SocketChannel connected) {
        if (state != State.OPENING) {
            ChannelFuture unused = connected.close(); // the answer has ended the session
            return;
        }
        socket = connected;
        state = State.OPEN;
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
        int allowed = hostEnded ? 0 : granted; // who has ended has nothing left to send
        if (bytes > allowed) {
            data.release();
            fail(new DeviceException(ErrorCode.CREDIT_EXCEEDED, bytes + " bytes sent, " + allowed + " were allowed"));
            return;
        }
        granted -= bytes;
        if (bytes == 0) {
            data.release();
        } else if (writing == 0) {
            writing = bytes;
            write(data);
        } else {
            ByteBuf waiting = backlog;
            if (waiting == null) {
                waiting = data.alloc().buffer(bytes, firstCredit);
                backlog = waiting;
            }
            waiting.writeBytes(data);
            data.release();
        }
    }

    /** Writes what {@link #writing} counts already. */
    private void write(ByteBuf data) {
        int bytes = data.readableBytes();
        socket().writeAndFlush(data).addListener(written -> {
            writing -= bytes;
            if (written.isSuccess()) {
                onTaken(bytes);
            } else {
                onWriteFailed(written.cause());
            }
        });
    }

    private void onTaken(int bytes) {
        taken += bytes;
        if (taken >= portion() && state == State.OPEN && !hostEnded && failure == null) {
            granted += taken;
            session.send(new ChannelCredit(number(), taken));
            taken = 0;
        }
        if (writing > 0) {
            return;
        }
        ByteBuf waiting = backlog;
        backlog = null;
        if (waiting != null) {
            writing = waiting.readableBytes();
            while (waiting.readableBytes() > portion()) {
                write(waiting.readRetainedSlice(portion())); // so that credit goes back piece by piece
            }
            write(waiting);
        } else {
            onAllWritten();
        }
    }

    private int portion() {
        return Math.max(1, firstCredit / 4);
    }

    private void onAllWritten() {
        if (state == State.CLOSE_RECEIVED) {
            finish(null);
        } else if (state == State.OPEN && hostEnded && !outputEnded) {
            socket().shutdownOutput().addListener(shut -> {
                outputEnded = true;
                closeIfBothEnded();
            });
        }
    }

    private void onWriteFailed(Throwable cause) {
        outputEnded = true;
        releaseBacklog();
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
        if (writing == 0 && failure == null) {
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
                } else if (failure != null || writing == 0) {
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
        if (state != State.OPEN || held != null) {
            ReferenceCountUtil.release(msg);
            return;
        }
        held = (ByteBuf) msg;
        takeTurn();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
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
        if (data.readableBytes() <= credit) {
            held = null;
        } else {
            data = data.readRetainedSlice(credit);
        }
        credit -= data.readableBytes();
        session.sendData(new ChannelData(number(), data));
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
        releaseBacklog();
        if (flushDeadline != null) {
            flushDeadline.cancel(false);
        }
        session.channels().remove(this);
    }

    /** Closes the socket so that the peer sees a reset: bytes may be missing. */
    private void reset() {
        SocketChannel open = socket;
        if (open == null || !open.isOpen()) {
            return;
        }
        try {
            open.config().setSoLinger(0);
        } catch (ChannelException alreadyGone) {
            // Then there is nobody to be told.
        }
        ChannelFuture unused = open.close();
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

    private void releaseBacklog() {
        if (backlog != null) {
            backlog.release();
            backlog = null;
        }
    }

    private SocketChannel socket() {
        if (socket == null) {
            throw new IllegalStateException("channel " + number() + " has no socket yet");
        }
        return socket;
    }
}
