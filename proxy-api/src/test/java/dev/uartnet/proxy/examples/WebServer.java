package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;

/** A web server whose port is the device's: its network sees it, this host needs none. */
public final class WebServer {
    private WebServer() {}

    /** Starts to serve. */
    public static Mono<? extends DisposableServer> start(ProxyClient device, int port) {
        Flux<String> ticks = Flux.interval(Duration.ofSeconds(1)).map(second -> "data: " + second + "\n\n");
        return device.httpServer()
                .port(port)
                .route(routes -> routes.get("/", (request, response) -> response.sendString(Mono.just("hello\n")))
                        .get("/ticks", (request, response) -> response.sse().sendString(ticks)) // server-sent events
                        .ws("/echo", (in, out) -> out.sendString(in.receive().asString())))
                .bind();
    }

    /** Serves until it is ended; when the link is lost, and with it the port, again in the next session. */
    public static void main(String[] args) {
        ProxyClient.connect("/dev/ttyUSB0")
                .flatMapMany(device ->
                        start(device, 80).flatMap(DisposableServer::onDispose).repeat(() -> !device.isDisposed()))
                .blockLast();
    }
}
