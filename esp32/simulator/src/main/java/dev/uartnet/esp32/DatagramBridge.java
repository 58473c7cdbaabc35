package dev.uartnet.esp32;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket's channel. Its states stand in the package's description.
 *
 * <p>Memory: towards the network at most the credit granted, towards the host one datagram. What comes meanwhile waits in the socket's
 * own buffer.
 */
final class DatagramBridge extends DeviceChannel {
    private static final int OVERHEAD = ChannelDatagram.OVERHEAD;
    /** Enough that the largest datagram is what an Ethernet frame carries, 1,472 bytes, or more. */
    private static final int CREDIT_MIN = 2048;
    /** The most that a CHANNEL_DATAGRAM has besides its bytes: over IPv6, with {@code more}. */
    private static final int HEADER_BYTES_MAX = 30;
    /** How long a closed channel may go on sending what it holds (PROTOCOL.md, section 9). */
    private static final int FLUSH_SECONDS_MAX = 30;

    private enum State {
        OPENING,
        OPEN,
        CLOSE_RECEIVED,
        CLOSE_SENT,
        FREE
    }

    private final int firstCredit;
    private final int largest;
    private final DroppedDatagrams dropped;
    private State state = State.OPENING;
    private @Nullable DatagramSocket socket;
    private @Nullable Future<?> flushDeadline;

    // Host to network.
    /** What the host may still send. */
    private int granted;
    /** What the network has taken and is yet to be granted again. */
    private int taken;
    /** What was handed to the socket and was not taken yet. */
    private int writing;
    /** The pieces of a datagram whose last one has not come. */
    private @Nullable ByteBuf begun;

    // Network to host.
    /** What the device may still send. */
    private int credit;
    /** The datagram that is being sent, as far as it is left; it has cost its credit. */
    private @Nullable ByteBuf held;

    private @Nullable InetSocketAddress sender;
    private boolean inTurns;

    DatagramBridge(DeviceSession session, int number, int hostCredit) {
        super(session, number);
        firstCredit = Math.max(CREDIT_MIN, session.channelCredit());
        // Credit goes back in portions: a host that waits for the rest of one must still be able to send the largest.
        largest = Math.min(ChannelDatagram.BYTES_MAX, firstCredit - portion() - OVERHEAD);
        granted = firstCredit;
        credit = hostCredit;
        dropped = new DroppedDatagrams(session, number);
    }

    int firstCredit() {
        return firstCredit;
    }

    /** Bytes that a datagram has at most. */
    int largest() {
        return largest;
    }

    /** The socket is bound, and the host knows. */
    void open(DatagramSocket bound) {
        if (state != State.OPENING) {
            bound.channel().close(); // the answer has ended the session
            return;
        }
        socket = bound;
        state = State.OPEN;
        bound.channel().pipeline().addLast(this);
        bound.channel().read();
    }

    // What the host sends.

    @Override
    void receive(ChannelDatagram piece) {
        if (state != State.OPEN) {
            piece.release();
            return;
        }
        ByteBuf before = begun;
        int bytes = piece.content().readableBytes();
        int cost = before == null ? bytes + OVERHEAD : bytes;
        int whole = before == null ? bytes : before.readableBytes() + bytes;
        if (cost > granted || whole > largest) {
            piece.release();
            fail(new DeviceException(
                    ErrorCode.CREDIT_EXCEEDED,
                    "a datagram of " + whole + " bytes or more, " + granted + " of credit left, at most " + largest));
            return;
        }
        granted -= cost;
        if (before == null && !piece.more()) {
            transmit(piece.content(), piece.peer());
            return;
        }
        ByteBuf together = before == null ? piece.content().alloc().buffer(bytes, largest) : before;
        together.writeBytes(piece.content());
        begun = piece.more() ? together : null;
        piece.release();
        if (begun == null) {
            transmit(together, piece.peer());
        }
    }

    private void transmit(ByteBuf datagram, InetSocketAddress to) {
        int cost = datagram.readableBytes() + OVERHEAD;
        if (!session.board().wifi().isUp()) {
            datagram.release();
            tellFailed(session.board().wifi().down());
            onTaken(cost);
            return;
        }
        writing += cost;
        socket().send(datagram, to).addListener(sent -> {
            writing -= cost;
            if (!sent.isSuccess()) {
                tellFailed(DeviceException.ofSocket(sent.cause()));
            }
            onTaken(cost);
        });
    }

    private void onTaken(int cost) {
        taken += cost;
        if (taken >= portion() && state == State.OPEN) {
            granted += taken;
            session.send(new ChannelCredit(number(), taken));
            taken = 0;
        }
        if (writing == 0 && state == State.CLOSE_RECEIVED) {
            finish(null);
        }
    }

    private int portion() {
        return firstCredit / 4;
    }

    private void tellFailed(DeviceException why) {
        if (state == State.OPEN) {
            session.send(new Event(
                    EventKind.DATAGRAM_FAILED,
                    Arrays.asList(number(), why.code().code(), why.text(), why.errno())));
        }
    }

    @Override
    void grant(int units) {
        if (state == State.OPEN) {
            credit = added(credit, units);
        }
    }

    // What the network sends.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        int bytes = packet.content().readableBytes();
        if (state != State.OPEN || held != null || !session.board().wifi().isUp()) {
            packet.release(); // without a network it would not have come
            return;
        }
        if (bytes > largest || bytes + OVERHEAD > credit) {
            packet.release();
            dropped.add(bytes);
            return;
        }
        credit -= bytes + OVERHEAD;
        held = ctx.alloc().buffer(bytes, bytes).writeBytes(packet.content()); // the packet's buffer has room for any
        sender = packet.sender();
        packet.release();
        joinTurns();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readOn();
    }

    private void readOn() {
        if (state == State.OPEN && held == null) {
            socket().channel().read();
        }
    }

    private void joinTurns() {
        inTurns = true;
        session.joinTurns(this);
    }

    @Override
    void sendFrame() {
        inTurns = false;
        ByteBuf data = held;
        InetSocketAddress from = sender;
        if (data == null || from == null) {
            return;
        }
        int most = Math.max(1, session.payloadBytes() - HEADER_BYTES_MAX);
        if (data.readableBytes() > most) {
            session.sendData(new ChannelDatagram(number(), from, data.readRetainedSlice(most), true));
            joinTurns();
        } else {
            held = null;
            session.sendData(new ChannelDatagram(number(), from, data));
            readOn();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tellFailed(DeviceException.ofSocket(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.OPEN) {
            fail(new DeviceException(ErrorCode.IO, "the socket was closed"));
        }
    }

    @Override
    SocketOptions options() throws DeviceException {
        if (state != State.OPEN) {
            throw notOpen();
        }
        return SocketOptions.of(SocketOption.OF_DATAGRAMS, socket().channel().config());
    }

    // Ends.

    @Override
    void networkLost(DeviceException why) {
        if (state == State.OPEN) {
            fail(why);
        } else {
            finish(why);
        }
    }

    @Override
    void closeByHost(ErrorCode code) {
        switch (state) {
            case OPEN -> {
                state = State.CLOSE_RECEIVED;
                releaseAll();
                if (writing == 0 || code != ErrorCode.NONE) {
                    finish(null);
                } else {
                    flushDeadline = session.loop()
                            .schedule(
                                    () -> finish(new DeviceException(
                                            ErrorCode.TIMED_OUT, "the network did not take the last datagrams", 110)),
                                    FLUSH_SECONDS_MAX,
                                    TimeUnit.SECONDS);
                }
            }
            case CLOSE_SENT -> free();
            case OPENING, CLOSE_RECEIVED, FREE -> session.ignored();
        }
    }

    /** The device answers the host's CHANNEL_CLOSE. */
    private void finish(@Nullable DeviceException why) {
        if (state == State.CLOSE_RECEIVED) {
            if (flushDeadline != null) {
                flushDeadline.cancel(false);
            }
            state = State.FREE; // but in the table until its port is free
            close(socket().channel(), () -> {
                session.channels().remove(this);
                sendClose(why);
            });
        }
    }

    /** The device ends the channel unasked. */
    private void fail(DeviceException why) {
        state = State.CLOSE_SENT;
        releaseAll();
        close(socket().channel(), () -> sendClose(why));
    }

    @Override
    void drop() {
        free();
        if (socket != null) {
            socket.channel().close();
        }
    }

    private void free() {
        state = State.FREE;
        releaseAll();
        if (flushDeadline != null) {
            flushDeadline.cancel(false);
        }
        session.channels().remove(this);
    }

    private void releaseAll() {
        dropped.end();
        if (inTurns) {
            inTurns = false;
            session.leaveTurns(this);
        }
        if (held != null) {
            held.release();
            held = null;
        }
        if (begun != null) {
            begun.release();
            begun = null;
        }
    }

    private DatagramSocket socket() {
        if (socket == null) {
            throw new IllegalStateException("channel " + number() + " has no socket yet");
        }
        return socket;
    }
}
