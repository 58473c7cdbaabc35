package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;

/** Programs as users write them, on one of {@link TestDevice}'s. */
abstract class Programs {
    static final Duration WAIT = TestLine.WAIT;
    /** For some 200 KB over a line of 921,600 baud with faults. */
    static final Duration LONG = Duration.ofMinutes(1);

    static final String LOOPBACK = "127.0.0.1";

    private final TestDevice device;
    private final List<DisposableServer> servers = new ArrayList<>();

    Programs(TestDevice device) {
        this.device = device;
    }

    ProxyClient client() {
        return device.client();
    }

    int bodyBytes() {
        return device.bodyBytes();
    }

    /** A server that ends with the test. */
    DisposableServer keep(DisposableServer server) {
        servers.add(server);
        return server;
    }

    @AfterEach
    void disposeOfServers() {
        servers.forEach(server -> server.disposeNow(WAIT));
    }

    /** The same bytes each time, in parts. */
    static Flux<ByteBuf> body(int bytes) {
        return Flux.generate(() -> 0, (at, sink) -> {
            int part = Math.min(7_919, bytes - at);
            if (part == 0) {
                sink.complete();
            } else {
                byte[] content = new byte[part];
                new Random(at).nextBytes(content);
                sink.next(Unpooled.wrappedBuffer(content));
            }
            return at + part;
        });
    }

    static String digestOf(int bytes) {
        return digest(body(bytes)).blockOptional().orElseThrow();
    }

    static Mono<String> digest(Flux<ByteBuf> body) {
        return body.collect(BodyServer::digest, Programs::update)
                .map(digest -> HexFormat.of().formatHex(digest.digest()));
    }

    private static void update(MessageDigest digest, ByteBuf part) {
        digest.update(part.nioBuffer());
    }
}
