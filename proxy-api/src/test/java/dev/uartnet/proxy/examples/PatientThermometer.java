package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.WhileDown;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** A reactive application that outlives its link: asks a server again and again, whatever happens to cable and board. */
public final class PatientThermometer {
    private PatientThermometer() {}

    /** Emits what a page says, every so often; what the link swallows, it leaves out. */
    public static Flux<String> readings(String port, String uri, Duration interval) {
        Mono<ProxyClient> connecting = ProxyClient.connector()
                .port(port)
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(5)))
                .whileDown(WhileDown.FAIL) // an old reading is of no use
                .connect();
        return Flux.usingWhen(
                connecting,
                device -> {
                    device.states().subscribe(state -> System.out.println("link: " + state));
                    Mono<String> reading = device.httpClient()
                            .get()
                            .uri(uri)
                            .responseContent()
                            .aggregate()
                            .asString();
                    return Flux.interval(interval)
                            .onBackpressureDrop()
                            .concatMap(tick -> reading.onErrorResume(LinkLostException.class, lost -> Mono.empty()));
                },
                ProxyClient::close);
    }

    /** Prints readings. */
    public static void main(String[] args) {
        readings("/dev/ttyUSB0", "http://thermometer.example.org/", Duration.ofSeconds(10))
                .doOnNext(System.out::println)
                .blockLast();
    }
}
