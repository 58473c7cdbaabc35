package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Sockets that come and go by the thousands, many of them cancelled at some moment: nothing of them may be left. */
@Timeout(150)
abstract class SocketChurn extends Programs {
    private static final int AT_ONCE = 8;
    private static final Duration ROUNDS_MAX = Duration.ofMinutes(2);
    /** What MicroPython's collector may not have cleared away at the moment of asking, in bytes. */
    private static final long HEAP_GROWTH_MAX = 50_000;

    SocketChurn(TestDevice device) {
        super(device);
    }

    /** Half of them connect, talk and close; the other half are cancelled. */
    abstract int rounds();

    /** Whether the device's heap is no part of this JVM's. */
    boolean hasHeapOfItsOwn() {
        return true;
    }

    @Test
    void nothingIsLeftOfSocketsThatCameAndWent() throws Exception {
        // No FIN, no TIME_WAIT: this host's ports would run out.
        ProxySockets sockets = client().sockets().option(ChannelOption.SO_LINGER, 0);
        try (BlockingEcho echo = new BlockingEcho()) {
            rounds(sockets, echo.port(), 200); // what is allocated once
            DeviceInfo before = settled();
            rounds(sockets, echo.port(), rounds());
            DeviceInfo after = settled();
            assertThat(after.channels()).as("channels").isEqualTo(before.channels());
            if (hasHeapOfItsOwn()) {
                assertThat(heapUsed(after) - heapUsed(before))
                        .as("growth of the device's heap, in bytes")
                        .isLessThan(HEAP_GROWTH_MAX);
            }
        }
    }

    private static long heapUsed(DeviceInfo info) {
        Long used = info.heapUsed();
        return used == null ? 0 : used;
    }

    /** The last ones may still be closing: their number is asked for until it stands still at that of the beginning, or time is up. */
    private DeviceInfo settled() {
        return TestLine.get(client().info()
                .filter(info -> Integer.valueOf(0).equals(info.channels()))
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(20)))
                .timeout(WAIT.dividedBy(2), client().info()));
    }

    private void rounds(ProxySockets sockets, int port, int rounds) {
        AtomicInteger whole = new AtomicInteger();
        Flux.range(0, rounds)
                .flatMap(
                        i -> i % 2 == 0
                                ? talk(sockets, port).doOnSuccess(end -> whole.incrementAndGet())
                                : cancelled(i % 4 == 1 ? talk(sockets, port) : accepting(sockets)),
                        AT_ONCE)
                .blockLast(ROUNDS_MAX);
        assertThat(whole).as("rounds that were not cancelled").hasValue((rounds + 1) / 2);
    }

    private static Mono<Void> talk(ProxySockets sockets, int port) {
        return Mono.usingWhen(
                sockets.connect(LOOPBACK, port),
                connection -> Mono.when(
                        connection.send(Flux.range(0, 4).map(i -> content())),
                        connection
                                .receive()
                                .scan(0, (bytes, part) -> bytes + part.readableBytes())
                                .takeUntil(bytes -> bytes == 400)
                                .then()),
                ProxyConnection::close);
    }

    private static ByteBuf content() {
        return Unpooled.directBuffer(100).writeZero(100);
    }

    private static Mono<Void> accepting(ProxySockets sockets) {
        return Mono.usingWhen(
                sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                listener -> listener.accept().then(),
                ProxyListener::close);
    }

    /** Is cancelled by another thread after a while that may end before, in or after the opening; completes when that has happened. */
    private static Mono<Void> cancelled(Mono<Void> work) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> over = Sinks.empty();
            Disposable running = work.subscribe(nothing -> {}, failed -> {});
            long micros = ThreadLocalRandom.current().nextLong(5_000);
            return Mono.delay(Duration.ofNanos(micros * 1_000))
                    .doOnNext(now -> {
                        running.dispose();
                        over.tryEmitEmpty();
                    })
                    .then(over.asMono());
        });
    }
}
