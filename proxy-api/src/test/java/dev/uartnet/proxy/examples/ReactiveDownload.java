package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import io.netty.buffer.ByteBuf;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A reactive application: a page through a serial line, no faster than its subscriber asks for it. */
public final class ReactiveDownload {
    private ReactiveDownload() {}

    /** Returns the size of a page in bytes. */
    public static Mono<Long> sizeOf(String port, String uri) {
        return Mono.usingWhen(
                ProxyClient.connect(port),
                device -> {
                    Flux<ByteBuf> body = device.httpClient().get().uri(uri).responseContent();
                    return body.map(ByteBuf::readableBytes).reduce(0L, Long::sum);
                },
                ProxyClient::close);
    }

    /** Prints the size of a page. */
    public static void main(String[] args) {
        System.out.println(sizeOf("/dev/ttyUSB0", "http://example.org/").block() + " bytes");
    }
}
