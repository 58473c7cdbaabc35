package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** What passes over a line, whatever device is at its end: one class for each kind of device. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Traffic {
    private static final int MB = 1_000_000;
    private static final int DOWNLOADS = 32;
    private static final Duration LONG = Duration.ofMinutes(2);

    /** Kernel buffers of both sockets, at most; far less than the bodies that test backpressure. */
    private static final long KERNEL_BYTES_MAX = 8_000_000;

    /** Garbage that MicroPython has not collected yet included; the body is far larger. */
    private static final long DEVICE_HEAP_GROWTH_MAX = 500_000;

    private BodyServer server;
    private ProxyClient client;

    /** Starts the device and connects to it. */
    abstract ProxyClient start() throws Exception;

    abstract void stop();

    /** Bytes of the largest download. */
    abstract int largeBytes();

    /** Bytes of each concurrent download. */
    abstract int concurrentBytes();

    /** Bytes of the body that backpressure stops. */
    abstract int stoppedBytes();

    /** Whether the device's heap is no part of this JVM's. */
    boolean hasHeapOfItsOwn() {
        return false;
    }

    @BeforeAll
    void open() throws Exception {
        server = new BodyServer();
        client = start();
    }

    @AfterAll
    void close() throws Exception {
        try {
            if (client != null) {
                client.close().block(WAIT);
            }
        } finally {
            stop();
            server.close();
        }
    }

    ProxyClient client() {
        return client;
    }

    BodyServer server() {
        return server;
    }

    private Mono<String> digestOf(HttpClient http, String path) {
        return http.get()
                .uri(server.uri(path))
                .response((response, body) -> digest(body))
                .single();
    }

    static Mono<String> digest(Flux<ByteBuf> body) {
        return body.collect(BodyServer::digest, (digest, buffer) -> digest.update(buffer.nioBuffer()))
                .map(digest -> HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void pings() {
        assertThat(client.ping(new byte[] {1, 2, 3}).block(WAIT)).isPositive();
        assertThat(Objects.requireNonNull(client.info().block(WAIT)).channelsMax())
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "length, 0",
        "length, 1",
        "length, 1000000",
        "chunked, 0",
        "chunked, 1",
        "chunked, 1000000",
        "close, 0",
        "close, 1",
        "close, 1000000"
    })
    void downloads(String framing, int bytes) {
        assertThat(digestOf(client.httpClient(), "/" + framing + "/" + bytes).block(LONG))
                .isEqualTo(BodyServer.sha256(bytes));
    }

    @ParameterizedTest
    @CsvSource({"length", "chunked", "close"})
    void downloadsALargeBody(String framing) {
        assertThat(digestOf(client.httpClient(), "/" + framing + "/" + largeBytes())
                        .block(LONG))
                .isEqualTo(BodyServer.sha256(largeBytes()));
    }

    @Test
    void uploads() {
        byte[] body = new byte[MB];
        new java.util.Random(7).nextBytes(body);
        MessageDigest digest = BodyServer.digest();
        digest.update(body);
        Flux<ByteBuf> parts = Flux.range(0, 100).map(i -> Unpooled.wrappedBuffer(body, i * 10_000, 10_000));
        String seen = client.httpClient()
                .post()
                .uri(server.uri("/digest"))
                .send(parts)
                .responseContent()
                .aggregate()
                .asString()
                .block(LONG);
        assertThat(seen).isEqualTo(HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void echoes() {
        try (EchoServer echo = new EchoServer()) {
            Connection connection = Objects.requireNonNull(client.tcpClient()
                    .host("127.0.0.1")
                    .port(echo.port())
                    .connect()
                    .block(WAIT));
            String text = "over the line and back ".repeat(1_000);
            connection
                    .outbound()
                    .sendString(Mono.just(text), StandardCharsets.US_ASCII)
                    .then()
                    .subscribe();
            String back = connection
                    .inbound()
                    .receive()
                    .asString(StandardCharsets.US_ASCII)
                    .scan(String::concat)
                    .filter(all -> all.length() >= text.length())
                    .blockFirst(WAIT);
            assertThat(back).isEqualTo(text);
            connection.disposeNow(WAIT);
        }
    }

    @Test
    void aRefusedConnectionSaysSo() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        assertThatThrownBy(() -> client.tcpClient()
                        .host("127.0.0.1")
                        .port(closed)
                        .connect()
                        .block(WAIT))
                .hasCauseInstanceOf(ConnectException.class)
                .hasMessageContaining("Connection refused (device: ")
                .hasMessageContaining("/127.0.0.1:" + closed);
        assertThat(digestOf(client.httpClient(), "/length/10").block(WAIT)).isEqualTo(BodyServer.sha256(10));
    }

    @Test
    void anUnknownHostSaysSo() {
        assertThatThrownBy(() -> client.resolve("no-such-host.invalid").blockLast(WAIT))
                .hasCauseInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid");
        assertThatThrownBy(() -> client.httpClient()
                        .get()
                        .uri("http://no-such-host.invalid/")
                        .response()
                        .block(WAIT))
                .hasCauseInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> client.tcpClient()
                        .resolver(NoopAddressResolverGroup.INSTANCE)
                        .remoteAddress(() -> InetSocketAddress.createUnresolved("no-such-host.invalid", 80))
                        .connect()
                        .block(WAIT))
                .as("resolved by the device, in the connect")
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void keepsConnections() {
        HttpClient http = client.httpClient();
        assertThat(digestOf(http, "/length/10").block(WAIT)).isEqualTo(BodyServer.sha256(10));
        int connections = server.connections.get();
        for (int i = 0; i < 20; i++) {
            assertThat(digestOf(http, "/length/10").block(WAIT)).isEqualTo(BodyServer.sha256(10));
        }
        // A body may end for its reader a moment before its connection is back in the pool: then the next request opens
        // another.
        assertThat(server.connections.get() - connections).isLessThan(10);
    }

    @Test
    void manyDownloadsPassOneThatIsNeverRead() {
        Stopped stopped = stop(stoppedBytes());
        String expected = BodyServer.sha256(concurrentBytes());
        List<String> digests = Flux.fromStream(IntStream.range(0, DOWNLOADS).boxed())
                .flatMap(i -> digestOf(client.httpClient(), "/length/" + concurrentBytes()), DOWNLOADS)
                .collectList()
                .block(LONG);
        assertThat(digests).hasSize(DOWNLOADS).containsOnly(expected);
        assertThat(stopped.bytes()).isZero();
        stopped.dispose();
    }

    @Test
    void aSubscriberWithoutDemandStopsTheSender() throws Exception {
        long sentBefore = server.bodyBytesSent.get();
        long heapBefore = heapUsed();
        LineCounter counter = LineCounter.of(client);
        Stopped stopped = stop(stoppedBytes());

        long sent = server.bodyBytesSent.get();
        for (long before = -1; before != sent; sent = server.bodyBytesSent.get()) {
            // That nothing happens any more cannot be awaited, only seen: for as long as ten more pings take.
            before = sent;
            Flux.range(0, 10)
                    .concatMap(i -> client.ping().then(Mono.delay(Duration.ofMillis(50))))
                    .blockLast(WAIT);
        }
        assertThat(sent - sentBefore).isLessThan(KERNEL_BYTES_MAX).isLessThan(stoppedBytes());
        assertThat(counter.bytes()).as("bytes that came over the line").isLessThan(2 * 65_536 + 50_000);
        assertThat(stopped.bytes()).isZero();
        if (hasHeapOfItsOwn()) {
            assertThat(heapUsed() - heapBefore)
                    .as("growth of the device's heap")
                    .isLessThan(DEVICE_HEAP_GROWTH_MAX);
        }

        assertThat(stopped.goOn().block(LONG)).isEqualTo(BodyServer.sha256(stoppedBytes()));
    }

    private long heapUsed() {
        Long used = Objects.requireNonNull(client.info().block(WAIT)).heapUsed();
        return used == null ? 0 : used;
    }

    private Stopped stop(int bytes) {
        Stopped stopped = new Stopped();
        // A connection of its own, with the answer's head read and nothing asked for.
        client.httpClient(ConnectionProvider.newConnection())
                .option(ChannelOption.SO_RCVBUF, 65_536)
                .get()
                .uri(server.uri("/length/" + bytes))
                .response((response, body) -> body.doOnSubscribe(s -> stopped.headRead.tryEmitEmpty()))
                .subscribe(stopped);
        stopped.headRead.asMono().block(WAIT);
        return stopped;
    }

    /** Asks for nothing until told. */
    private static final class Stopped extends BaseSubscriber<ByteBuf> {
        final Sinks.Empty<Void> headRead = Sinks.empty();
        private final Sinks.One<String> result = Sinks.one();
        private final MessageDigest digest = BodyServer.digest();
        private final AtomicLong bytes = new AtomicLong();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(ByteBuf value) {
            bytes.addAndGet(value.readableBytes());
            digest.update(value.nioBuffer());
        }

        @Override
        protected void hookOnComplete() {
            result.tryEmitValue(HexFormat.of().formatHex(digest.digest()));
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            result.tryEmitError(throwable);
        }

        long bytes() {
            return bytes.get();
        }

        Mono<String> goOn() {
            requestUnbounded();
            return result.asMono();
        }
    }
}
