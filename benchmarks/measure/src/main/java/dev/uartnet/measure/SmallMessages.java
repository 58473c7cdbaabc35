package dev.uartnet.measure;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many sockets that send small messages in turn: each sends its next one when its last one has left ({@link Way#UP}), or has come back from the server ({@link Way#ECHO}). So none
 * has more than one on its way from the application.
 */
public final class SmallMessages implements AutoCloseable {
    /** What a socket waits for. */
    public enum Way {
        /** The write is done; the server's answers do not come before the end. */
        UP,
        /** The server has sent it back. */
        ECHO
    }

    private static final long SEED = 0;
    private static final Pattern PATTERN = new Pattern(SEED);

    private final List<Channel> channels = new ArrayList<>();
    private final LongAdder messages = new LongAdder();
    private final int bytes;
    private volatile boolean running = true;

    private SmallMessages(int bytes) {
        this.bytes = bytes;
    }

    /**
     * Connects the sockets to a {@link PatternServer}, one after the other, and begins to send. Blocks: not on an event loop.
     *
     * @param sockets how many
     * @param bytes of a message
     * @throws IOException a socket cannot be connected
     */
    public static SmallMessages start(
            Bootstrap connecting, SocketAddress server, int sockets, int bytes, Way way, Duration timeout)
            throws IOException {
        SmallMessages all = new SmallMessages(bytes);
        List<Sender> senders = new ArrayList<>();
        try {
            for (int i = 0; i < sockets; i++) {
                Sender sender = all.new Sender(way);
                senders.add(sender);
                var connected = connecting.clone().handler(sender).connect(server);
                if (!connected.awaitUninterruptibly(timeout.toMillis()) || !connected.isSuccess()) {
                    throw new IOException("cannot connect socket " + (i + 1) + " of " + sockets, connected.cause());
                }
                all.channels.add(connected.channel());
            }
        } catch (IOException e) {
            all.close();
            throw e;
        }
        senders.forEach(Sender::go);
        return all;
    }

    /** Returns how many messages have left, or have come back, so far. */
    public long messages() {
        return messages.sum();
    }

    @Override
    public void close() {
        running = false;
        CompletableFuture<?>[] closed = channels.stream()
                .map(channel -> {
                    CompletableFuture<Boolean> done = new CompletableFuture<>();
                    channel.close().addListener(unused -> done.complete(true));
                    return done;
                })
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(closed).join();
    }

    private final class Sender extends ChannelInboundHandlerAdapter {
        private final Way way;
        private final CompletableFuture<ChannelHandlerContext> active = new CompletableFuture<>();
        private int missing;

        Sender(Way way) {
            this.way = way;
        }

        void go() {
            active.thenAccept(context -> context.executor().execute(() -> send(context)));
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            // All that an endless upload says to the server: it compares nothing until the end, which does not come.
            long magic = way == Way.ECHO ? PatternServer.ECHO : PatternServer.MAGIC;
            context.write(PatternServer.request(context.alloc(), magic, 0, Long.MAX_VALUE, SEED));
            active.complete(context);
        }

        private void send(ChannelHandlerContext context) {
            if (!running) {
                return;
            }
            missing = bytes;
            context.writeAndFlush(PATTERN.from(0, bytes)).addListener(sent -> {
                if (way == Way.UP && sent.isSuccess()) {
                    messages.increment();
                    context.executor().execute(() -> send(context)); // the others' turn
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf data = (ByteBuf) message;
            missing -= data.readableBytes();
            data.release();
            if (way == Way.ECHO && missing == 0) {
                messages.increment();
                send(context);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // fewer messages than there could be; the measurement goes on
        }
    }
}
