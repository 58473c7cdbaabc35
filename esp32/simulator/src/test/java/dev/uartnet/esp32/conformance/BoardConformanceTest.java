package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.esp32.bench.Bench;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** A new board for each test, with a host. */
abstract class BoardConformanceTest {
    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    @Parameter
    BoardKind kind;

    private BenchedBoard board;
    Bench bench;
    Host host;

    @BeforeEach
    void start() throws Exception {
        board = kind.start();
        bench = board.bench();
        begin();
    }

    /** The device knows of its session, too: its events come. */
    private void begin() throws Exception {
        host = new Host(board.device());
        host.request(Operation.PING);
    }

    @AfterEach
    void stop() {
        host.close();
        board.device().close();
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }

    /** A host that comes after this one. */
    void reconnect() throws Exception {
        host.close();
        begin();
    }

    /** The first result, a map. */
    Map<?, ?> map(int operation, @Nullable Object... args) throws IOException {
        return (Map<?, ?>) host.request(operation, args).get(0);
    }

    void assertBadRequest(String word, int operation, @Nullable Object... args) {
        assertRefused(ErrorCode.BAD_REQUEST, word, operation, args);
    }

    void assertRefused(ErrorCode code, String word, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode())
                .as(operation + " " + Arrays.deepToString(args) + ": " + error.text())
                .isEqualTo(code);
        assertThat(error.text()).contains(word);
    }
}
