package dev.uartnet.proxy.board;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.Next;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A device that says what a test wants it to say, right or wrong, and a client of it. */
final class ScriptedDevice implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(20);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Map<Integer, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Channel device;
    private final ProxyClient client;

    /** What comes back for a request. */
    private interface Answer {
        void to(Request request, ChannelHandlerContext ctx);
    }

    ScriptedDevice() {
        MemoryPort.Pair line = MemoryPort.pair();
        device = new Bootstrap()
                .group(loops)
                .channelFactory(() -> new UartChannel(line.b()))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        EndpointPipeline.addDevice(channel.pipeline(), LinkConfig.device(), 1);
                        channel.pipeline().addLast(new Script());
                    }
                })
                .connect(new UartAddress("device"))
                .syncUninterruptibly()
                .channel();
        Bootstrap host = new Bootstrap().group(loops).channelFactory(() -> new UartChannel(line.a()));
        client = Objects.requireNonNull(ProxyClient.connector()
                .noReconnect()
                .runOn(loops)
                .connect(host, new UartAddress("host"))
                .block(WAIT));
        // The device's end knows of the session when the host's first frame has come.
        client.ping().onErrorComplete().block(WAIT);
        requests.clear();
    }

    private final class Script extends SimpleChannelInboundHandler<Request> {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable hostIsGone) {
            ctx.close();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Request request) {
            requests.add(request);
            Answer answer = answers.get(request.operation());
            if (answer == null) {
                ctx.writeAndFlush(new ErrorResponse(request.id(), ErrorCode.UNSUPPORTED, "unknown", null, List.of()));
            } else {
                answer.to(request, ctx);
            }
        }
    }

    /** What it answers to an operation from now on. */
    void answers(int operation, @Nullable Object... results) {
        List<@Nullable Object> list = new ArrayList<>(Arrays.asList(results));
        answers.put(operation, (request, ctx) -> ctx.writeAndFlush(new Response(request.id(), list)));
    }

    /** What it answers to a streaming operation, whether it was asked for so many items or not. */
    void streams(int operation, Object... items) {
        answers.put(operation, (request, ctx) -> {
            for (Object item : items) {
                ctx.write(new Next(request.id(), item));
            }
            ctx.writeAndFlush(new Response(request.id(), List.of()));
        });
    }

    void fails(int operation, ErrorCode code, String text) {
        answers.put(
                operation,
                (request, ctx) -> ctx.writeAndFlush(new ErrorResponse(request.id(), code, text, null, List.of())));
    }

    /** It says something unasked. */
    void tells(int kind, @Nullable Object... args) {
        device.writeAndFlush(new Event(kind, new ArrayList<>(Arrays.asList(args))))
                .syncUninterruptibly();
    }

    /** The last request. */
    Request asked() {
        return requests.get(requests.size() - 1);
    }

    ProxyClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close().block(WAIT);
        device.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
