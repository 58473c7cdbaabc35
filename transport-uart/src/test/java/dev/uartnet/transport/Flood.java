package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a pattern as fast as the channel is writable, in pieces of random size and kind, and checks what it receives.
 */
final class Flood extends ChannelInboundHandlerAdapter {
    private final Pattern outgoing;
    private final Pattern incoming;
    private final long total;
    private final SplittableRandom random;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long sent;
    private long accepted;
    private long received;

    Flood(long outgoingSeed, long incomingSeed, long total) {
        outgoing = new Pattern(outgoingSeed);
        incoming = new Pattern(incomingSeed);
        this.total = total;
        random = new SplittableRandom(outgoingSeed);
    }

    /** Completes when all was sent, accepted and received; fails on the first wrong byte. */
    CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        send(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
        while (sent < total && ctx.channel().isWritable()) {
            int length = (int) Math.min(total - sent, nextLength());
            ByteBuf piece = nextPiece(ctx, length);
            sent += length;
            ctx.write(piece).addListener(future -> {
                if (future.isSuccess()) {
                    accepted += length;
                    finishIfDone();
                } else {
                    done.completeExceptionally(future.cause());
                }
            });
            if (random.nextInt(4) == 0 || sent == total) {
                ctx.flush();
            }
        }
        ctx.flush();
    }

    private int nextLength() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2, 3 -> 1 + random.nextInt(64);
            case 4, 5, 6 -> 1 + random.nextInt(4096);
            default -> 1 + random.nextInt(40_000);
        };
    }

    private ByteBuf nextPiece(ChannelHandlerContext ctx, int length) {
        byte[] bytes = outgoing.bytes(sent, length);
        return switch (random.nextInt(4)) {
            case 0 -> Unpooled.wrappedBuffer(bytes);
            case 1 -> ctx.alloc().directBuffer(length).writeBytes(bytes);
            case 2 -> {
                int half = length / 2;
                yield Unpooled.wrappedBuffer(
                        Unpooled.wrappedBuffer(bytes, 0, half), Unpooled.wrappedBuffer(bytes, half, length - half));
            }
            default -> ctx.alloc().heapBuffer(length).writeBytes(bytes);
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            long wrong = incoming.mismatch(received, buffer);
            if (wrong >= 0) {
                done.completeExceptionally(new AssertionError("wrong byte at " + wrong));
            }
            received += buffer.readableBytes();
        } finally {
            ReferenceCountUtil.release(message);
        }
        finishIfDone();
    }

    private void finishIfDone() {
        if (received == total && accepted == total) {
            done.complete(null);
        } else if (received > total) {
            done.completeExceptionally(new AssertionError("bytes too many: " + (received - total)));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        done.completeExceptionally(new AssertionError("closed; " + this));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        done.completeExceptionally(cause);
    }

    @Override
    public String toString() {
        return "Flood(sent " + sent + ", accepted " + accepted + ", received " + received + " of " + total + ")";
    }
}
