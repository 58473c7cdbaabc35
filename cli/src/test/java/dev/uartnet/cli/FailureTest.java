package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.LinkResetException;
import dev.uartnet.codec.link.NoAnswerException;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPortLostException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(ExitCodes.USAGE, new UsageException("text")),
                Arguments.of(ExitCodes.PORT_UNAVAILABLE, new UartException("/dev/x", "text")),
                Arguments.of(ExitCodes.NO_DEVICE, new NoAnswerException(NoAnswerException.Heard.SILENCE, "text")),
                Arguments.of(ExitCodes.NO_DEVICE, new LinkResetException(ResetReason.VERSION, "text")),
                Arguments.of(ExitCodes.NO_DEVICE, new LinkResetException(ResetReason.BUSY, "text")),
                Arguments.of(ExitCodes.REMOTE_FAILURE, new RemoteFailureException("text")),
                Arguments.of(ExitCodes.REMOTE_FAILURE, new UnknownHostException("text")),
                Arguments.of(ExitCodes.REMOTE_FAILURE, new ConnectException("text")),
                Arguments.of(ExitCodes.REMOTE_FAILURE, new SSLHandshakeException("text")),
                Arguments.of(ExitCodes.REMOTE_FAILURE, new RequestTimeoutException(Duration.ofSeconds(1))),
                Arguments.of(ExitCodes.LINK_LOST, new UartPortLostException("/dev/x", "text")),
                Arguments.of(
                        ExitCodes.LINK_LOST, new LinkException("outer", new UartPortLostException("/dev/x", "text"))),
                Arguments.of(ExitCodes.LOCAL_FAILURE, new IOException("text")),
                Arguments.of(ExitCodes.LOCAL_FAILURE, new IllegalStateException("text")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachHasItsCodeAndSaysWhatWasWrong(int exitCode, Exception cause) {
        Failure failure = Failure.of(cause);

        assertThat(failure.exitCode()).isEqualTo(exitCode);
        assertThat(failure.message()).containsAnyOf("text", "1000 ms");
    }

    @Test
    void theMessageIsOneLine() {
        assertThat(Failure.of(new IOException("one\n  two\n")).message()).isEqualTo("one two");
        assertThat(Failure.of(new IOException()).message()).isEqualTo("java.io.IOException");
    }

    @Test
    void aClosedOutputHasNothingToSay() {
        Failure failure = Failure.of(new OutputClosedException(new IOException("Broken pipe")));

        assertThat(failure).isEqualTo(new Failure(ExitCodes.OUTPUT_CLOSED, ""));
    }
}
