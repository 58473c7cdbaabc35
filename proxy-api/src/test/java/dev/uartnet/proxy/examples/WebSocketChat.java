package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A WebSocket client over the line. */
public final class WebSocketChat {
    private WebSocketChat() {}

    /** Sends lines, and emits what comes back. */
    public static Flux<String> chat(ProxyClient device, String uri, Publisher<String> lines) {
        return device.httpClient()
                .websocket()
                .uri(uri) // wss:// for TLS, which ends on this host
                .handle((in, out) ->
                        out.sendString(lines).then().thenMany(in.receive().asString()));
    }
}
