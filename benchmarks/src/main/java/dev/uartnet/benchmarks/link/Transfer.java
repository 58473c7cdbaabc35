package dev.uartnet.benchmarks.link;

import dev.uartnet.proxy.ProxyClient;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One TCP connection through the device to a {@link ByteServer}: random bytes down, random bytes up, both compared by SHA-256. */
final class Transfer extends ChannelInboundHandlerAdapter {
    /**
     * How it went; every byte was right.
     *
     * @param downNanos from the request to the last byte; 0 if nothing went down
     * @param upNanos likewise, by the server's clock
     */
    record Result(long downBytes, long downNanos, long upBytes, long upNanos) {}

    private final long seed;
    private final long downBytes;
    private final long upBytes;
    private final RandomBytes up;
    private final MessageDigest downDigest = RandomBytes.sha256();
    private final byte[] trailer = new byte[ByteServer.TRAILER_BYTES];
    private final CompletableFuture<Result> result = new CompletableFuture<>();

    private long startNanos;
    private long lastDownNanos;
    private long arrived;
    private boolean written;

    private Transfer(long seed, long downBytes, long upBytes) {
        this.seed = seed;
        this.downBytes = downBytes;
        this.upBytes = upBytes;
        up = new RandomBytes(~seed, upBytes);
    }

    /** Starts one; the result fails if the connection does, or if a byte is wrong. */
    static CompletableFuture<Result> start(
            ProxyClient client, EventLoopGroup group, int port, long seed, long downBytes, long upBytes) {
        Transfer transfer = new Transfer(seed, downBytes, upBytes);
        client.bootstrap(group).handler(transfer).connect("127.0.0.1", port).addListener(connected -> {
            if (!connected.isSuccess()) {
                transfer.result.completeExceptionally(connected.cause());
            }
        });
        return transfer.result;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        startNanos = System.nanoTime();
        ctx.write(ctx.alloc()
                .buffer(ByteServer.REQUEST_BYTES)
                .writeLong(seed)
                .writeLong(downBytes)
                .writeLong(upBytes));
        send(ctx);
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
        ctx.flush();
    }

    private void send(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        while (!written && channel.isWritable()) {
            byte[] piece = up.next(ByteServer.PIECE);
            if (piece.length == 0) {
                written = true;
            } else {
                ctx.writeAndFlush(ctx.alloc().buffer(piece.length).writeBytes(piece));
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf data = (ByteBuf) msg;
        try {
            int down = (int) Math.min(data.readableBytes(), downBytes - arrived);
            if (down > 0) {
                downDigest.update(data.nioBuffer(data.readerIndex(), down));
                data.skipBytes(down);
                arrived += down;
                lastDownNanos = System.nanoTime();
            }
            int more = data.readableBytes();
            if (more > 0) {
                int at = (int) (arrived - downBytes);
                if (at + more > trailer.length) {
                    fail(ctx, "more bytes came than were asked for", null);
                    return;
                }
                data.readBytes(trailer, at, more);
                arrived += more;
                if (at + more == trailer.length) {
                    finish(ctx);
                }
            }
        } finally {
            data.release();
        }
    }

    private void finish(ChannelHandlerContext ctx) {
        if (!Arrays.equals(downDigest.digest(), RandomBytes.digestOf(seed, downBytes, ByteServer.PIECE))) {
            fail(ctx, "the bytes that came down are not those that were sent", null);
        } else if (!Arrays.equals(Arrays.copyOf(trailer, 32), RandomBytes.digestOf(~seed, upBytes, ByteServer.PIECE))) {
            fail(ctx, "the bytes that came up are not those that were sent", null);
        } else {
            long lastUpNanos = java.nio.ByteBuffer.wrap(trailer).getLong(32);
            result.complete(new Result(
                    downBytes,
                    downBytes == 0 ? 0 : lastDownNanos - startNanos,
                    upBytes,
                    upBytes == 0 ? 0 : lastUpNanos - startNanos));
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, "the connection ended after " + arrived + " bytes", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, "the connection failed after " + arrived + " bytes: " + cause.getMessage(), cause);
    }

    private void fail(ChannelHandlerContext ctx, String what, @Nullable Throwable cause) {
        result.completeExceptionally(new IOException(what, cause));
        ctx.close();
    }
}
