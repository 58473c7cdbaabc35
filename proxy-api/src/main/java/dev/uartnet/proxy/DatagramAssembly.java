package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelDatagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Puts the pieces of datagrams of one channel together (PROTOCOL.md, section 9). They come one behind the other. */
final class DatagramAssembly {
    private static final int PIECES_MAX = 65_536;

    private @Nullable InetSocketAddress sender;
    private @Nullable CompositeByteBuf pieces;

    /** Returns how many bytes wait for the rest of their datagram. */
    int bytes() {
        CompositeByteBuf pieces = this.pieces;
        return pieces == null ? 0 : pieces.readableBytes();
    }

    /** Returns whether this can be the next piece: of the same datagram as the last one, if that was not the end of one. */
    boolean fits(ChannelDatagram piece) {
        InetSocketAddress sender = this.sender;
        return sender == null || sender.equals(piece.peer());
    }

    /** Takes over a piece that fits. Returns the whole datagram if it was the last one, else null. */
    @Nullable
    ByteBuf add(ChannelDatagram piece) {
        CompositeByteBuf pieces = this.pieces;
        if (pieces == null && !piece.more()) {
            return piece.content();
        }
        if (pieces == null) {
            pieces = piece.content().alloc().compositeBuffer(PIECES_MAX);
            this.pieces = pieces;
            sender = piece.peer();
        }
        pieces.addComponent(true, piece.content());
        if (piece.more()) {
            return null;
        }
        this.pieces = null;
        sender = null;
        return pieces;
    }

    void release() {
        CompositeByteBuf pieces = this.pieces;
        if (pieces != null) {
            this.pieces = null;
            sender = null;
            pieces.release();
        }
    }
}
