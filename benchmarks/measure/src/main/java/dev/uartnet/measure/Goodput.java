package dev.uartnet.measure;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How fast the bytes of one connection went, each of which was right.
 *
 * @param downBytes from the server to this program
 * @param downNanos from the request to the last byte; 0 if nothing went down
 * @param down bytes a second between the arrival of the first tenth and that of the last: what the line carries once it runs; 0 if nothing went down
 * @param upBytes the other way
 * @param upNanos from the server's answer to the request to the last byte, by the server's clock; 0 if nothing went up
 * @param up likewise, where they arrive
 */
public record Goodput(long downBytes, long downNanos, double down, long upBytes, long upNanos, double up) {
    /** Each transfer has bytes of its own, so that another connection's are seen to be wrong. */
    private static final AtomicLong SEEDS = new AtomicLong();

    /**
     * Moves bytes between a {@link PatternServer} and this program, both ways at once. Cancelling the result closes the connection.
     *
     * @param connecting makes the channel: the device's sockets, or any others
     * @param server as the bootstrap's resolver takes it
     * @return fails with {@link IOException} if the connection does, or if a byte is wrong
     */
    public static CompletableFuture<Goodput> measure(
            Bootstrap connecting, SocketAddress server, long downBytes, long upBytes) {
        return measure(connecting, server, downBytes, upBytes, () -> {});
    }

    /**
     * The same, for many at once.
     *
     * @param connected runs when the connection is there, or has failed; on the channel's event loop
     */
    public static CompletableFuture<Goodput> measure(
            Bootstrap connecting, SocketAddress server, long downBytes, long upBytes, Runnable connected) {
        Client client = new Client(downBytes, upBytes);
        connecting.clone().handler(client).connect(server).addListener(attempt -> {
            connected.run();
            if (!attempt.isSuccess()) {
                client.result.completeExceptionally(attempt.cause());
            }
        });
        return client.result;
    }

    private static final class Client extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Goodput> result = new CompletableFuture<>();
        private final long seed = SEEDS.incrementAndGet();
        private final long upBytes;
        private final long downBytes;
        private final PatternSender up;
        private @Nullable PatternReceiver down;
        private @Nullable ByteBuf trailer;
        private boolean going;

        Client(long downBytes, long upBytes) {
            this.upBytes = upBytes;
            this.downBytes = downBytes;
            up = new PatternSender(new Pattern(seed), upBytes);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            result.whenComplete((done, failure) -> context.close());
            trailer = context.alloc().buffer(PatternServer.TRAILER_BYTES, PatternServer.TRAILER_BYTES);
            down = new PatternReceiver(new Pattern(PatternServer.downSeed(seed)), downBytes);
            context.writeAndFlush(
                    PatternServer.request(context.alloc(), PatternServer.MAGIC, downBytes, upBytes, seed));
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (going) {
                up.send(context);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf data = (ByteBuf) message;
            try {
                PatternReceiver receiver = down;
                ByteBuf end = trailer;
                if (receiver == null || end == null) {
                    return;
                }
                if (!going && data.isReadable()) {
                    data.skipBytes(1);
                    going = true;
                    up.send(context);
                }
                if (!receiver.take(data)) {
                    return;
                }
                if (data.readableBytes() > end.writableBytes()) {
                    fail("more bytes came than were asked for", null);
                    return;
                }
                end.writeBytes(data);
                if (!end.isWritable()) {
                    finish(receiver, end.readLong() == 1, end.readLong(), end.readDouble());
                }
            } finally {
                data.release();
            }
        }

        private void finish(PatternReceiver receiver, boolean upRight, long upNanos, double upRate) {
            if (!receiver.isRight() || !upRight) {
                fail("the bytes that came " + (upRight ? "down" : "up") + " are not those that were sent", null);
                return;
            }
            result.complete(new Goodput(
                    downBytes,
                    downBytes == 0 ? 0 : receiver.nanos(),
                    downBytes == 0 ? 0 : receiver.rate(),
                    upBytes,
                    upBytes == 0 ? 0 : upNanos,
                    upBytes == 0 ? 0 : upRate));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("the connection ended after " + (down == null ? 0 : down.came()) + " bytes", null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail("the connection failed: " + cause.getMessage(), cause);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (trailer != null) {
                trailer.release();
                trailer = null;
            }
        }

        private void fail(String what, @Nullable Throwable cause) {
            result.completeExceptionally(new IOException(what, cause));
        }
    }
}
