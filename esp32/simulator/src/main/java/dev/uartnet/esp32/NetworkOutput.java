package dev.uartnet.esp32;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The way of a connection from the host to the network: what the host may send, what is being written, and what waits behind that.
 * Holds at most the credit granted.
 */
final class NetworkOutput {
    /** Whose way it is. */
    interface Owner {
        /** The network has taken so many bytes; returns whether the host has been granted them again. */
        boolean giveBack(int bytes);

        /** Nothing is left to be written. */
        void onAllWritten();

        /** The socket takes no more; nothing is left. */
        void onWriteFailed(Throwable cause);
    }

    private final Owner owner;
    private final int firstCredit;
    /** Bytes that the host may still send. */
    private int granted;
    /** Bytes that the network has taken and that are yet to be granted again. */
    private int taken;
    /** Bytes handed to the socket and not taken yet. */
    private int writing;
    /** Bytes that wait behind these, null if none: one buffer, whatever the size of the frames that brought them. */
    private @Nullable ByteBuf backlog;

    NetworkOutput(Owner owner, int firstCredit) {
        this.owner = owner;
        this.firstCredit = firstCredit;
        this.granted = firstCredit;
    }

    int firstCredit() {
        return firstCredit;
    }

    int granted() {
        return granted;
    }

    boolean isEmpty() {
        return writing == 0;
    }

    /** Takes over bytes that were granted. */
    void send(ByteBuf data, Channel socket) {
        int bytes = data.readableBytes();
        granted -= bytes;
        if (bytes == 0) {
            data.release();
        } else if (writing == 0) {
            writing = bytes;
            write(data, socket);
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
    private void write(ByteBuf data, Channel socket) {
        int bytes = data.readableBytes();
        socket.writeAndFlush(data).addListener(written -> {
            writing -= bytes;
            if (written.isSuccess()) {
                onTaken(bytes, socket);
            } else {
                release();
                owner.onWriteFailed(written.cause());
            }
        });
    }

    private void onTaken(int bytes, Channel socket) {
        taken += bytes;
        if (taken >= portion() && owner.giveBack(taken)) {
            granted += taken;
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
                write(waiting.readRetainedSlice(portion()), socket); // so that credit goes back piece by piece
            }
            write(waiting, socket);
        } else {
            owner.onAllWritten();
        }
    }

    private int portion() {
        return Math.max(1, firstCredit / 4);
    }

    /** Drops what waits. */
    void release() {
        if (backlog != null) {
            backlog.release();
            backlog = null;
        }
    }
}
