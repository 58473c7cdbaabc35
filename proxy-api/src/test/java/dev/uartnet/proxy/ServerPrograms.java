package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.ssl.SslContext;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpServer;
import reactor.util.retry.Retry;

/** Servers on the device; their clients are other programs of its network: those of this host's own sockets, curl, and a shell. */
abstract class ServerPrograms extends Programs {
    private static final int SEQUENTIAL_CLIENTS = 200;
    private static final int CONCURRENT_CLIENTS = 16;

    ServerPrograms(TestDevice device) {
        super(device);
    }

    private DisposableServer start(HttpServer server) {
        return keep(server.host(LOOPBACK)
                .route(routes -> routes.get(
                                "/small/{n}",
                                (request, response) -> response.sendString(Mono.just("answer " + request.param("n"))))
                        .get("/body", (request, response) -> response.send(body(bodyBytes())))
                        .post("/digest", (request, response) -> response.sendString(digest(request.receive())))
                        .ws(
                                "/echo",
                                (in, out) -> out.sendObject(in.receiveFrames().map(frame -> frame.retain())))
                        .get("/events", (request, response) -> response.sse()
                                .sendString(Flux.range(0, 5).map(i -> "data: " + i + "\n\n"), StandardCharsets.UTF_8)))
                .bindNow(WAIT));
    }

    private static String uri(DisposableServer server) {
        return "http://" + LOOPBACK + ":" + server.port();
    }

    private static String get(HttpClient http, String uri) {
        return http.get().uri(uri).responseContent().aggregate().asString().block(LONG);
    }

    private void useOf(HttpClient http, String uri) {
        List<String> answers = Flux.range(0, 20)
                .flatMap(i -> http.get()
                        .uri(uri + "/small/" + i)
                        .responseContent()
                        .aggregate()
                        .asString())
                .sort()
                .collectList()
                .block(LONG);
        assertThat(answers)
                .containsExactlyElementsOf(
                        Flux.range(0, 20).map(i -> "answer " + i).sort().toIterable());
        assertThat(digest(http.get().uri(uri + "/body").responseContent()).block(LONG))
                .isEqualTo(digestOf(bodyBytes()));
        assertThat(http.post()
                        .uri(uri + "/digest")
                        .send(body(bodyBytes()))
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(LONG))
                .isEqualTo(digestOf(bodyBytes()));
    }

    private static HttpClient pooled(ConnectionProvider pool) {
        return HttpClient.create(pool);
    }

    @Test
    void servesHttp() throws Exception {
        DisposableServer server = start(client().httpServer());
        ConnectionProvider pool = ConnectionProvider.create("http", 10);
        try {
            useOf(pooled(pool), uri(server));
            assertThat(get(pooled(pool), uri(server) + "/events"))
                    .isEqualTo("data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n");
        } finally {
            pool.disposeLater().block(WAIT);
        }
        Curl.Result small = Curl.run(uri(server) + "/small/1", uri(server) + "/small/2");
        assertThat(small.exitCode()).as(small.errors()).isZero();
        assertThat(small.output()).isEqualTo("answer 1answer 2");
        Curl.Result large = Curl.run(uri(server) + "/body");
        assertThat(large.exitCode()).as(large.errors()).isZero();
        assertThat(digest(Flux.just(Unpooled.wrappedBuffer(large.bytes()))).block())
                .isEqualTo(digestOf(bodyBytes()));
    }

    @Test
    void servesHttp2InPlainText() {
        DisposableServer server = start(client().httpServer().protocol(HttpProtocol.HTTP11, HttpProtocol.H2C));
        ConnectionProvider pool = ConnectionProvider.create("h2c", 1);
        try {
            useOf(pooled(pool).protocol(HttpProtocol.H2C), uri(server));
        } finally {
            pool.disposeLater().block(WAIT);
        }
    }

    @Test
    void servesHttp2OverTls() throws Exception {
        TestTls tls = new TestTls();
        var context = tls.http2Server("localhost");
        DisposableServer server = start(client().httpServer()
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2)
                .secure(spec -> spec.sslContext(context)));
        ConnectionProvider pool = ConnectionProvider.create("h2", 1);
        try {
            useOf(
                    pooled(pool)
                            .protocol(HttpProtocol.HTTP11, HttpProtocol.H2)
                            .secure(spec -> spec.sslContext(tls.http2Client())),
                    "https://localhost:" + server.port());
            SslContext withoutAlpn = tls.client();
            assertThat(get(
                            HttpClient.newConnection().secure(spec -> spec.sslContext(withoutAlpn)),
                            "https://localhost:" + server.port() + "/small/3"))
                    .isEqualTo("answer 3");
        } finally {
            pool.disposeLater().block(WAIT);
        }
    }

    @Test
    void servesWebSockets() {
        DisposableServer server = start(client().httpServer());
        List<String> back = HttpClient.newConnection()
                .websocket()
                .uri("ws://" + LOOPBACK + ":" + server.port() + "/echo")
                .handle((in, out) -> out.sendObject(Flux.range(0, 20).map(i -> new TextWebSocketFrame("line " + i)))
                        .then()
                        .thenMany(in.receive().asString().take(20)))
                .collectList()
                .block(LONG);
        assertThat(back).hasSize(20).startsWith("line 0").endsWith("line 19");
    }

    private DisposableServer echo() {
        return keep(client().tcpServer()
                .host(LOOPBACK)
                .port(0)
                // As many as come at once may wait for the link's round trips.
                .option(ChannelOption.SO_BACKLOG, CONCURRENT_CLIENTS)
                .handle((in, out) -> out.send(in.receive().retain()))
                .bindNow(WAIT));
    }

    private static void talk(int port, int number) throws Exception {
        byte[] sent = new byte[10 + new Random(number).nextInt(500)];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) ('a' + (i + number) % 26);
        }
        assertThat(ShellClient.talk(LOOPBACK, port, sent, sent.length)).isEqualTo(sent);
    }

    @Test
    void echoesToManyClientsOneAfterTheOther() throws Exception {
        DisposableServer server = echo();
        for (int i = 0; i < SEQUENTIAL_CLIENTS; i++) {
            talk(server.port(), i);
        }
    }

    @Test
    void echoesToManyClientsAtOnce() throws Exception {
        DisposableServer server = echo();
        ExecutorService clients = Executors.newFixedThreadPool(CONCURRENT_CLIENTS);
        try {
            List<Future<?>> talks = new ArrayList<>();
            for (int i = 0; i < CONCURRENT_CLIENTS; i++) {
                int number = i;
                talks.add(clients.submit(() -> {
                    talk(server.port(), number);
                    return null;
                }));
            }
            for (Future<?> talk : talks) {
                talk.get(LONG.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void aPortInUseSaysSo() {
        DisposableServer server = echo();
        TcpServer again = client().tcpServer().host(LOOPBACK).port(server.port());
        assertThatThrownBy(() -> again.bindNow(WAIT))
                .isInstanceOf(ChannelBindException.class)
                .cause()
                .isInstanceOf(BindException.class)
                .hasMessageContaining("Address already in use (device: ");
    }

    @Test
    void aServerThatIsDisposedOfListensNoMore() {
        DisposableServer server = echo();
        server.disposeNow(WAIT);
        // The device may take a moment to close it.
        keep(TestLine.get(client().tcpServer()
                .host(LOOPBACK)
                .port(server.port())
                .handle((in, out) -> out.neverComplete())
                .bind()
                .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(20)))
                .cast(DisposableServer.class)));
    }
}
