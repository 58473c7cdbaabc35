package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import dev.uartnet.codec.request.RequestHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A request and its answer through all codecs of both ends: nanoseconds a round trip without a line. */
public class RequestBenchmark extends CodecBenchmark {
    /** Requests that wait for their answers meanwhile. */
    @Param({"0", "1000"})
    public int waiting;

    private final MemoryLine line = new MemoryLine(new ChannelInboundHandlerAdapter(), new Answering());
    private @Nullable RequestHandler requests;

    /** The device: answers pings, and nothing else. */
    private static final class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Request request && request.operation() == Operation.PING) {
                ctx.writeAndFlush(new Response(request.id(), List.of()), ctx.voidPromise());
            }
        }
    }

    /** Sends the requests that are not answered. */
    @Setup
    public void setUp() {
        requests = line.host.pipeline().get(RequestHandler.class);
        for (int i = 0; i < waiting; i++) {
            requests.request(Operation.INFO, Duration.ZERO);
            line.carry();
        }
    }

    /** Ends the session. */
    @TearDown
    public void tearDown() {
        line.close();
    }

    /** A ping. */
    @Benchmark
    public Object ping() {
        Future<List<@Nullable Object>> answer = requests.request(Operation.PING, Duration.ZERO);
        line.carry();
        return answer.getNow();
    }
}
