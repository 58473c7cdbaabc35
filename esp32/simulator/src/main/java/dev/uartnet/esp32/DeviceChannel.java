package dev.uartnet.esp32;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a session: messages on one side, and on the other a socket, the end of whose pipeline it is. The states of each kind
 * stand in the package's description.
 */
abstract class DeviceChannel extends ChannelInboundHandlerAdapter {
    final DeviceSession session;
    private final int number;

    DeviceChannel(DeviceSession session, int number) {
        this.session = session;
        this.number = number;
    }

    final int number() {
        return number;
    }

    // What the host sends. What a kind of channel does not know is ignored.

    /** CHANNEL_DATA. Takes over the buffer. */
    void receive(ByteBuf data) {
        data.release();
        session.ignored();
    }

    /** CHANNEL_DATAGRAM. Takes over the message. */
    void receive(ChannelDatagram piece) {
        piece.release();
        session.ignored();
    }

    /** CHANNEL_CREDIT. */
    abstract void grant(int units);

    /** CHANNEL_EOF. */
    void endOfHost() {
        session.ignored();
    }

    /** CHANNEL_CLOSE. */
    abstract void closeByHost(ErrorCode code);

    /** The session has ended. */
    abstract void drop();

    /** The device's network is gone for good. */
    abstract void networkLost(DeviceException why);

    /** There is a network again, or none any more. */
    void networkChanged() {
        // Most do not care.
    }

    // What others ask of it.

    /** It has joined the turns of those that have something to send, and it is its turn: one frame. */
    void sendFrame() {
        throw new IllegalStateException("channel " + number + " never has a frame to send");
    }

    /** The options of its socket, as SOCKET_OPTION reads and sets them. */
    abstract SocketOptions options() throws DeviceException;

    final DeviceException notOpen() {
        return DeviceException.badRequest("channel", number + " is not open");
    }

    // For all kinds.

    /** Adds to the credit that the host has granted; ends the session if that is more than the protocol has. */
    final int added(int credit, int more) {
        if (credit > DeviceSession.CREDIT_MAX - more) {
            session.protocolError("channel " + number + ": more than 16 MiB of credit outstanding");
            return credit;
        }
        return credit + more;
    }

    final void sendClose(@Nullable DeviceException why) {
        session.send(
                why == null
                        ? ChannelClose.orderly(number)
                        : new ChannelClose(number, why.code(), why.text(), why.errno()));
    }

    /**
     * Closes a socket and does something when its port is free again. The JDK frees it with the selector's next round only: what is
     * scheduled by what was scheduled comes behind that.
     */
    final void close(Channel socket, Runnable then) {
        socket.close().addListener(closed -> later(() -> later(then)));
    }

    private void later(Runnable task) {
        var unused = session.loop().schedule(task, 0, TimeUnit.NANOSECONDS);
    }
}
