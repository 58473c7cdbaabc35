package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestHandler;
import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A host by the codec's handlers, with calls that wait. */
public final class Host implements AutoCloseable {
    public static final Duration NO_DEADLINE = Duration.ZERO;

    private static final long FEATURES =
            Feature.RETRANSMIT | Feature.UDP | Feature.LISTEN | Feature.TLS | Feature.OBJECTS | Feature.IPV6;

    private final Channel line;
    private final CompletableFuture<Session> session = new CompletableFuture<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final Map<Integer, ChannelEnd> channels = new ConcurrentHashMap<>();
    private final BlockingQueue<Event> events = new LinkedTransferQueue<>();

    public Host(Device device) throws Exception {
        this(device, new byte[0]);
    }

    /** A host which finds bytes on its line before anything else. */
    public Host(Device device, byte[] before) throws Exception {
        line = device.open(channel -> {
            EndpointPipeline.addHost(channel.pipeline(), LinkConfig.host().withFeatures(FEATURES));
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
                } else if (msg instanceof ChannelAccept accept) {
                    channel(accept.listener()).onAccept(accept);
                } else if (msg instanceof ChannelDatagram datagram) {
                    channel(datagram.channel()).onDatagram(datagram);
                } else if (msg instanceof Event event) {
                    events.add(event);
                }
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }

        private ChannelEnd channel(int number) {
            ChannelEnd channel = channels.get(number);
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

    /** Begins a request, and tells what comes before its answer. */
    public RunningRequest begin(int operation, Duration deadline, RequestListener listener, @Nullable Object... args) {
        return line.pipeline().get(RequestHandler.class).request(operation, deadline, listener, args);
    }

    /** Begins a streaming request, which has no demand yet. */
    HostStream stream(int operation, @Nullable Object... args) {
        HostStream stream = new HostStream();
        return stream.runs(line.pipeline().get(RequestHandler.class).request(operation, NO_DEADLINE, stream, args));
    }

    /** Returns the results of a request that succeeds. */
    public List<@Nullable Object> request(int operation, @Nullable Object... args) throws IOException {
        return results(begin(operation, NO_DEADLINE, args));
    }

    /** Waits for the results of a request that succeeds. */
    static List<@Nullable Object> results(Future<List<@Nullable Object>> answer) throws IOException {
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

    // Channels

    static InetSocketAddress address(@Nullable Object address, @Nullable Object port) {
        assertThat(address).isInstanceOf(byte[].class);
        assertThat(port).isInstanceOf(Long.class);
        try {
            return new InetSocketAddress(InetAddress.getByAddress((byte[]) address), Math.toIntExact((Long) port));
        } catch (UnknownHostException e) {
            throw new AssertionError("not an address", e);
        }
    }

    public HostChannel channel(int number, int credit) {
        return add(new HostChannel(this, number, credit));
    }

    private <C extends ChannelEnd> C add(C channel) {
        channels.put(channel.number(), channel);
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

    /** Opens a TLS connection of the device to a peer. */
    HostChannel connectTls(int number, int port, int credit, Map<String, Object> options) throws IOException {
        HostChannel channel = channel(number, credit);
        channel.opened(request(Operation.TLS_CONNECT, number, Peer.localhost(), port, credit, options));
        return channel;
    }

    /** Opens a listener on a port of 127.0.0.1 that the device chooses. */
    HostListener listen(int number, int connections, int credit) throws IOException {
        return listen(Operation.TCP_LISTEN, number, 0, 0, connections, credit, Map.of());
    }

    /**
     * Opens a listener on 127.0.0.1.
     *
     * @param connections that the device may announce at first
     * @param credit bytes that each of them is granted at first
     */
    HostListener listen(
            int operation,
            int number,
            int port,
            int backlog,
            int connections,
            int credit,
            Map<String, ? extends Object> options)
            throws IOException {
        HostListener listener = add(new HostListener(this, number, connections, credit));
        Map<String, Object> all = new HashMap<>(options);
        all.put("credit", credit);
        listener.opened(request(operation, number, Peer.localhost(), port, backlog, connections, all));
        return listener;
    }

    /** A connection that the device announces. */
    HostChannel accepted(ChannelAccept accept, int credit) {
        ChannelEnd before = channels.get(accept.channel());
        if (accept.channel() % 2 == 0) {
            throw new IllegalStateException("the device has opened channel " + accept.channel());
        } else if (before != null && !before.isOver()) {
            throw new IllegalStateException("the device has opened channel " + accept.channel() + " twice");
        }
        HostChannel channel = channel(accept.channel(), credit);
        channel.opened(accept);
        return channel;
    }

    /** Waits until both ends have closed every channel. */
    void awaitChannelsOver() throws InterruptedException {
        for (ChannelEnd channel : channels.values()) {
            channel.await("end", channel::isOver);
        }
    }

    /** Opens a datagram socket on 127.0.0.1. */
    HostDatagrams bind(int number, int port, int credit, Map<String, Object> options) throws IOException {
        HostDatagrams channel = add(new HostDatagrams(this, number, credit));
        channel.opened(request(Operation.UDP_BIND, number, Peer.localhost(), port, credit, options));
        return channel;
    }

    HostDatagrams bind(int number, int credit) throws IOException {
        return bind(number, 0, credit, Map.of());
    }

    /** Writes a blob, in pieces of a frame each. */
    void writeBlob(int blob, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += ChannelEnd.FRAME_BYTES) {
            int end = Math.min(at + ChannelEnd.FRAME_BYTES, bytes.length);
            assertThat(request(Operation.BLOB_WRITE, blob, Arrays.copyOfRange(bytes, at, end)))
                    .containsExactly((long) end);
        }
    }

    // What the device tells

    public Map<?, ?> info() throws IOException {
        return (Map<?, ?>) request(Operation.INFO).get(0);
    }

    /** Returns one of INFO's counters of sockets. */
    long counter(String name) throws IOException {
        Map<?, ?> sockets = (Map<?, ?>) info().get("sockets");
        assertThat(sockets).as("INFO's sockets").isNotNull();
        Object count = sockets.get(name);
        assertThat(count).as(name).isInstanceOf(Long.class);
        return (Long) count;
    }

    /** Returns the arguments of the next event of that kind for a channel; others before it are gone. */
    List<@Nullable Object> awaitEvent(int kind, int channel) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ConformanceTest.SECONDS);
        while (true) {
            Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new AssertionError("no event " + kind + " of channel " + channel);
            }
            if (event.event() == kind
                    && Long.valueOf(channel).equals(event.args().get(0))) {
                return event.args();
            }
        }
    }

    /** Returns the arguments of the next event of that kind; others before it are gone. */
    public List<@Nullable Object> awaitEvent(int kind) throws InterruptedException {
        while (true) {
            Event event = events.poll(ConformanceTest.SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event " + kind);
            }
            if (event.event() == kind) {
                return event.args();
            }
        }
    }

    /** Ends the session without closing anything before. */
    @Override
    public void close() {
        line.close().syncUninterruptibly();
    }
}
