package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyNetwork;
import dev.uartnet.proxy.ProxyPool;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pages through as many boards as there are ports. */
public final class SecondBoard {
    private static final int AT_ONCE = 8;

    private SecondBoard() {}

    /** Sums up the sizes of pages; each connection is on the board with the most room. */
    public static Mono<Long> sizeOf(ProxyNetwork boards, Flux<String> uris) { // one board or several
        return uris.flatMap(
                        uri -> boards.httpClient()
                                .get()
                                .uri(uri)
                                .responseContent()
                                .aggregate()
                                .asByteArray(),
                        AT_ONCE)
                .map(page -> (long) page.length)
                .reduce(0L, Long::sum);
    }

    /** The same with boards of one's own configuration; says which of them come and go. */
    public static Mono<Long> sizeOf(Flux<String> uris, String... ports) {
        return Mono.usingWhen(
                ProxyClient.connector().baudRateAuto().pool(ports),
                boards -> {
                    boards.states().subscribe(System.err::println); // 1 of 2 boards up: /dev/ttyUSB0 is UP; ...
                    return sizeOf(boards, uris);
                },
                ProxyPool::close);
    }

    /** Prints the size of pages. */
    public static void main(String[] args) {
        System.out.println(
                sizeOf(Flux.fromArray(args), "/dev/ttyUSB0", "/dev/ttyUSB1").block() + " bytes");
    }
}
