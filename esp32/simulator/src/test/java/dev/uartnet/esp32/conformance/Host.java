package dev.uartnet.esp32.conformance;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A host by the codec's handlers, with calls that wait. */
public final class Host implements AutoCloseable {
    public static final Duration NO_DEADLINE = Duration.ZERO;

    private final Channel line;
    private final CompletableFuture<Session> session = new CompletableFuture<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final Map<Integer, HostChannel> channels = new ConcurrentHashMap<>();

    public Host(Device device) throws Exception {
        this(device, new byte[0]);
    }

    /** A host which finds bytes on its line before anything else. */
    public Host(Device device, byte[] before) throws Exception {
        line = device.open(channel -> {
            EndpointPipeline.addHost(channel.pipeline(), LinkConfig.host());
            channel.pipeline().addLast(new Receiver());
            if (before.length > 0) {
                channel.eventLoop().execute(() -> come(channel, before));
            }
        });
        session.get(ConformanceTest.SECONDS, TimeUnit.SECONDS);
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof LinkEstablished established) {
                session.complete(established.session());
            } else if (event instanceof LinkEnded end) {
                session.completeExceptionally(end.cause());
                ended.complete(end.cause());
                channels.values().forEach(channel -> channel.fail(end.cause()));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            try {
                if (msg instanceof ChannelData data) {
                    byte[] bytes = new byte[data.content().readableBytes()];
                    data.content().readBytes(bytes);
                    channel(data.channel()).onData(bytes);
                } else if (msg instanceof ChannelCredit credit) {
                    channel(credit.channel()).onCredit(credit.credit());
                } else if (msg instanceof ChannelEof eof) {
                    channel(eof.channel()).onEof();
                } else if (msg instanceof ChannelClose close) {
                    channel(close.channel()).onClose(close);
                }
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }

        private HostChannel channel(int number) {
            HostChannel channel = channels.get(number);
            if (channel == null) {
                throw new IllegalStateException("the device speaks of channel " + number + ", which is not open");
            }
            return channel;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            channels.values().forEach(channel -> channel.fail(cause));
        }
    }

    private static void come(Channel channel, byte[] bytes) {
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes));
        channel.pipeline().fireChannelReadComplete();
    }

    /** Bytes come in, as if the line had brought them between two others. */
    public void inject(byte[] bytes) {
        line.eventLoop().submit(() -> come(line, bytes)).syncUninterruptibly();
    }

    public Session session() {
        return session.join();
    }

    public Throwable awaitEnd() throws Exception {
        return ended.get(ConformanceTest.SECONDS, TimeUnit.SECONDS);
    }

    public void send(Message message) {
        line.writeAndFlush(message);
    }

    public Future<List<@Nullable Object>> begin(int operation, Duration deadline, @Nullable Object... args) {
        return line.pipeline().get(RequestHandler.class).request(operation, deadline, args);
    }

    /** Returns the results of a request that succeeds. */
    public List<@Nullable Object> request(int operation, @Nullable Object... args) throws IOException {
        Future<List<@Nullable Object>> answer = begin(operation, NO_DEADLINE, args);
        await(answer);
        if (answer.cause() instanceof RequestFailedException failed) {
            throw failed;
        }
        return answer.syncUninterruptibly().getNow();
    }

    /** Returns the error of a request that fails. */
    public RequestFailedException refused(int operation, @Nullable Object... args) {
        Future<List<@Nullable Object>> answer = begin(operation, NO_DEADLINE, args);
        await(answer);
        if (answer.cause() instanceof RequestFailedException failed) {
            return failed;
        }
        throw new AssertionError("the request should fail: " + answer, answer.cause());
    }

    public static void await(Future<?> answer) {
        if (!answer.awaitUninterruptibly(ConformanceTest.SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no answer within " + ConformanceTest.SECONDS + " s");
        }
    }

    public HostChannel channel(int number, int credit) {
        HostChannel channel = new HostChannel(this, number, credit);
        channels.put(number, channel);
        return channel;
    }

    /** Opens a channel to a peer; its number must be free. */
    public HostChannel connect(int number, int port, int credit) throws IOException {
        return connect(number, port, credit, Map.of());
    }

    public HostChannel connect(int number, int port, int credit, Map<String, Object> options) throws IOException {
        HostChannel channel = channel(number, credit);
        channel.opened(request(HostChannel.TCP_CONNECT, number, Peer.localhost(), port, credit, options));
        return channel;
    }

    /** Ends the session without closing anything before. */
    @Override
    public void close() {
        line.close().syncUninterruptibly();
    }
}
