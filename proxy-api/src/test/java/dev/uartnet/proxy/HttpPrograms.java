package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.function.Tuples;

/** HTTP clients over the line, as users write them; the servers are on the device's network. */
abstract class HttpPrograms extends Programs {
    HttpPrograms(TestDevice device) {
        super(device);
    }

    /** Each of these answers differently, so that they cannot be taken for one another. */
    private DisposableServer start(HttpServer server) {
        return keep(server.host(LOOPBACK)
                .route(routes -> routes.get(
                                "/small/{n}", (request, response) -> response.sendString(answer(request.param("n"))))
                        .get("/body/{n}", (request, response) -> response.send(body(number(request.param("n")))))
                        .post("/digest", (request, response) -> response.sendString(digest(request.receive())))
                        .get(
                                "/moved/{n}",
                                (request, response) -> response.sendRedirect("/small/" + request.param("n"))))
                .bindNow());
    }

    private static Mono<String> answer(String number) {
        return Mono.just("answer " + number);
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private static Mono<String> get(HttpClient http, String uri) {
        return http.get().uri(uri).responseContent().aggregate().asString();
    }

    private static Mono<String> digestOf(HttpClient http, String uri) {
        return digest(http.get().uri(uri).responseContent());
    }

    private static String uri(DisposableServer server) {
        return "http://" + LOOPBACK + ":" + server.port();
    }

    /** Counts the connections that a server sees. */
    private static HttpServer counting(Set<Channel> connections) {
        return HttpServer.create().doOnConnection(connection -> connections.add(connection.channel()));
    }

    @Test
    void keepsAConnectionForTheNextRequest() {
        Set<Channel> connections = ConcurrentHashMap.newKeySet();
        DisposableServer server = start(counting(connections));
        ConnectionProvider one = ConnectionProvider.create("one", 1);
        try {
            HttpClient http = client().httpClient(one);
            List<String> answers = Flux.range(0, 20)
                    .concatMap(i -> get(http, uri(server) + "/small/" + i))
                    .collectList()
                    .block(LONG);
            assertThat(answers).hasSize(20).startsWith("answer 0").endsWith("answer 19");
            assertThat(connections).hasSize(1);
        } finally {
            one.dispose();
        }
    }

    @Test
    void smallRequestsPassALargeDownload() {
        DisposableServer server = start(HttpServer.create());
        HttpClient large = client().httpClient(ConnectionProvider.newConnection());
        HttpClient small = client().httpClient();
        Mono<List<String>> requests = Flux.range(0, 20)
                .flatMap(i -> get(small, uri(server) + "/small/" + i), 20)
                .sort()
                .collectList();
        // Asked when the body has begun to come.
        Sinks.Empty<Void> begun = Sinks.empty();
        Mono<String> download = digest(large.get()
                .uri(uri(server) + "/body/" + bodyBytes())
                .responseContent()
                .doOnNext(part -> begun.tryEmitEmpty()));
        var both = Mono.zip(download, begun.asMono().then(requests), Tuples::of).block(LONG);
        assertThat(both).isNotNull();
        assertThat(both.getT1()).isEqualTo(digestOf(bodyBytes()));
        assertThat(both.getT2())
                .containsExactlyElementsOf(
                        Flux.range(0, 20).map(i -> "answer " + i).sort().toIterable());
    }

    @Test
    void uploads() {
        DisposableServer server = start(HttpServer.create());
        String seen = client().httpClient()
                .post()
                .uri(uri(server) + "/digest")
                .send(body(bodyBytes()))
                .responseContent()
                .aggregate()
                .asString()
                .block(LONG);
        assertThat(seen).isEqualTo(digestOf(bodyBytes()));
    }

    @ParameterizedTest
    @CsvSource({"prior knowledge", "upgrade"})
    void multiplexesByHttp2InPlainText(String how) {
        Set<Channel> connections = ConcurrentHashMap.newKeySet();
        HttpProtocol[] protocols = how.equals("upgrade")
                ? new HttpProtocol[] {HttpProtocol.HTTP11, HttpProtocol.H2C}
                : new HttpProtocol[] {HttpProtocol.H2C};
        DisposableServer server = start(HttpServer.create()
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .doOnConnection(
                        connection -> connections.add(connection.channel().parent())));
        ConnectionProvider pool = ConnectionProvider.create("h2c", 1);
        try {
            HttpClient http = client().httpClient(pool).protocol(protocols);
            // The upgrade, where there is one, before the many.
            assertThat(get(http, uri(server) + "/small/7").block(WAIT)).isEqualTo("answer 7");
            manyStreams(http, uri(server));
        } finally {
            pool.dispose();
        }
    }

    private void manyStreams(HttpClient http, String uri) {
        int each = bodyBytes() / 30;
        List<String> digests = Flux.range(0, 30)
                .flatMap(i -> digestOf(http, uri + "/body/" + each), 30)
                .collectList()
                .block(LONG);
        assertThat(digests).hasSize(30).containsOnly(digestOf(each));
        String version = http.get()
                .uri(uri + "/small/1")
                .responseSingle((response, content) -> content.thenReturn(version(response.version())))
                .block(WAIT);
        assertThat(version).isEqualTo("HTTP/2.0");
        assertThat(http.post()
                        .uri(uri + "/digest")
                        .send(body(bodyBytes()))
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(LONG))
                .isEqualTo(digestOf(bodyBytes()));
    }

    private static String version(HttpVersion version) {
        return version.text();
    }

    @Test
    void agreesOnHttp2ByAlpn() throws Exception {
        TestTls tls = new TestTls();
        var serverTls = tls.http2Server("localhost");
        DisposableServer server = start(HttpServer.create()
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2)
                .secure(spec -> spec.sslContext(serverTls)));
        String uri = "https://localhost:" + server.port();
        ConnectionProvider pool = ConnectionProvider.create("h2", 1);
        try {
            HttpClient http = client().httpClient(pool).secure(spec -> spec.sslContext(tls.http2Client()));
            manyStreams(http.protocol(HttpProtocol.HTTP11, HttpProtocol.H2), uri);
            SslContext withoutAlpn = tls.client();
            assertThat(client().httpClient()
                            .secure(spec -> spec.sslContext(withoutAlpn))
                            .protocol(HttpProtocol.HTTP11)
                            .get()
                            .uri(uri + "/small/1")
                            .responseSingle((response, content) -> content.thenReturn(version(response.version())))
                            .block(WAIT))
                    .isEqualTo("HTTP/1.1");
        } finally {
            pool.dispose();
        }
    }

    @Test
    void talksByWebSocket() {
        DisposableServer server = keep(HttpServer.create()
                .host(LOOPBACK)
                .route(routes -> routes.ws(
                        "/echo", (in, out) -> out.sendObject(in.receiveFrames().map(frame -> frame.retain()))))
                .bindNow());
        byte[] binary = new byte[5_000];
        List<String> back = client().httpClient()
                .websocket()
                .uri("ws://" + LOOPBACK + ":" + server.port() + "/echo")
                .handle((in, out) -> out.sendObject(Flux.range(0, 20)
                                .<Object>map(i -> new TextWebSocketFrame("line " + i))
                                .concatWith(Mono.fromSupplier(() -> new BinaryWebSocketFrame(
                                        out.alloc().buffer().writeBytes(binary)))))
                        .then()
                        .thenMany(in.receiveFrames()
                                .map(frame -> frame instanceof TextWebSocketFrame text
                                        ? text.text()
                                        : frame.content().readableBytes() + " bytes")
                                .take(21)))
                .collectList()
                .block(LONG);
        assertThat(back).hasSize(21).startsWith("line 0", "line 1").endsWith("line 19", "5000 bytes");
    }

    @Test
    void followsServerSentEvents() {
        Sinks.Empty<Void> gone = Sinks.empty();
        DisposableServer server = keep(HttpServer.create()
                .host(LOOPBACK)
                .route(routes -> routes.get("/events", (request, response) -> {
                    request.withConnection(connection -> connection.onDispose(gone::tryEmitEmpty));
                    return response.sse()
                            .sendObject(
                                    Flux.interval(Duration.ofMillis(10))
                                            .map(i -> event(response.alloc().buffer(), i)),
                                    part -> true);
                }))
                .bindNow());
        // It never ends by itself.
        List<String> events = client().httpClient()
                .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "text/event-stream"))
                .get()
                .uri(uri(server) + "/events")
                .responseContent()
                .asString()
                .concatMapIterable(text -> List.of(text.split("(?<=\n\n)", -1)))
                .filter(text -> !text.isEmpty())
                .take(10)
                .collectList()
                .block(WAIT);
        assertThat(events).startsWith("data: 0\n\n", "data: 1\n\n").hasSize(10);
        // The end of the subscription is the end of the connection.
        gone.asMono().block(WAIT);
    }

    private static ByteBuf event(ByteBuf buffer, long number) {
        buffer.writeCharSequence("data: " + number + "\n\n", java.nio.charset.StandardCharsets.UTF_8);
        return buffer;
    }

    @Test
    void compresses() {
        String text = "the same words again and again, ".repeat(3_000);
        DisposableServer server = keep(HttpServer.create()
                .host(LOOPBACK)
                .compress(true)
                .handle((request, response) -> response.sendString(Mono.just(text)))
                .bindNow());
        LineCounter counter = LineCounter.of(client());
        assertThat(get(client().httpClient().compress(true), uri(server) + "/").block(LONG))
                .isEqualTo(text);
        assertThat(counter.bytes()).as("bytes on the line").isLessThan(text.length() / 4);
    }

    @Test
    void followsRedirects() {
        DisposableServer server = start(HttpServer.create());
        DisposableServer other = keep(HttpServer.create()
                .host(LOOPBACK)
                .handle((request, response) -> response.sendRedirect(uri(server) + "/moved/5"))
                .bindNow());
        assertThat(get(client().httpClient().followRedirect(true), uri(other) + "/")
                        .block(WAIT))
                .isEqualTo("answer 5");
    }
}
