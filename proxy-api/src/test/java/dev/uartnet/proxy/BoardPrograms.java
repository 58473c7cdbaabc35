package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.bench.Bench;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** What users do with a board, on one that each test gets afresh. */
@Timeout(120)
abstract class BoardPrograms {
    static final Duration WAIT = TestLine.WAIT;

    private final TestBoard.Start start;
    private TestBoard board;

    BoardPrograms(TestBoard.Start start) {
        this.start = start;
    }

    @BeforeEach
    void open() throws Exception {
        board = start.start();
    }

    @AfterEach
    void close() throws Exception {
        if (board != null) {
            board.close();
        }
    }

    ProxyClient client() {
        return board.client();
    }

    Bench bench() {
        return board.bench();
    }

    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(WAIT));
    }

    static void run(Mono<?> mono) {
        mono.block(WAIT);
    }

    /** The failure of what must fail. */
    static <E extends Throwable> E failure(Class<E> type, Mono<?> mono) throws Exception {
        CompletableFuture<?> future = mono.toFuture();
        try {
            throw new AssertionError("it succeeded: " + future.get(WAIT.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(type);
            return type.cast(e.getCause());
        }
    }
}
