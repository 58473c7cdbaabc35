package dev.uartnet.proxy;

import dev.uartnet.codec.request.RequestTimeoutException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A request that may run twice without harm: when the session ends under it, it is sent again in the next one (of another
 * board, where there are several), all within one timeout.
 */
final class RepeatableRequest {
    private final Sessions sessions;
    private final Duration timeout;
    private final int operation;
    private final @Nullable Object[] args;

    /**
     * An answer.
     *
     * @param connection the one that it came over
     * @param results what the device said
     * @param time from the sending of the request that was answered
     */
    record Answer(Connection connection, List<@Nullable Object> results, Duration time) {}

    /**
     * A request to be sent with each {@link #answer} that is subscribed to.
     *
     * @param timeout for everything, the waiting for a session included
     */
    RepeatableRequest(Sessions sessions, Duration timeout, int operation, @Nullable Object... args) {
        this.sessions = sessions;
        this.timeout = timeout;
        this.operation = operation;
        this.args = args;
    }

    Mono<Answer> answer() {
        return Mono.defer(() -> {
            Deadline deadline = new Deadline(timeout);
            Connection present = sessions.present();
            Mono<Answer> answer = present != null
                    ? ask(present, deadline, false, List.of())
                    : askIn(sessions.connection(), deadline, false, List.of());
            // What the last attempt had left says little.
            return answer.onErrorMap(RequestTimeoutException.class, late -> new RequestTimeoutException(timeout));
        });
    }

    private Mono<Answer> askIn(
            Mono<Connection> next, Deadline deadline, boolean mayHaveRun, List<Sessions.Refusal> refusals) {
        return next.timeout(deadline.left(), Mono.error(sessions::refusal))
                .onErrorMap(LinkLostException.class, lost -> mayHaveRun ? lost.butMayHaveRun() : lost)
                .flatMap(connection -> ask(connection, deadline, mayHaveRun, refusals));
    }

    private Mono<Answer> ask(
            Connection connection, Deadline deadline, boolean mayHaveRun, List<Sessions.Refusal> refusals) {
        return send(connection, deadline.left()).onErrorResume(cause -> {
            if (cause instanceof LinkLostException lost) {
                return askIn(sessions.after(connection), deadline, mayHaveRun || lost.mayHaveRun(), refusals);
            }
            List<Sessions.Refusal> all = new ArrayList<>(refusals);
            all.add(new Sessions.Refusal(connection, cause));
            Mono<Connection> instead = sessions.instead(all);
            return instead == null ? Mono.error(cause) : askIn(instead, deadline, mayHaveRun, all);
        });
    }

    private Mono<Answer> send(Connection connection, Duration deadline) {
        return Mono.create(sink -> {
            long start = System.nanoTime();
            Future<List<@Nullable Object>> answer = connection.request(operation, deadline, args);
            sink.onCancel(() -> answer.cancel(false));
            answer.addListener((Future<List<@Nullable Object>> done) -> answered(connection, start, done, sink));
        });
    }

    private static void answered(
            Connection connection, long start, Future<List<@Nullable Object>> done, MonoSink<Answer> sink) {
        if (done.isSuccess()) {
            sink.success(new Answer(connection, done.getNow(), Duration.ofNanos(System.nanoTime() - start)));
        } else if (!done.isCancelled()) {
            sink.error(RemoteFailure.ofRequest(done.cause()));
        }
    }

    /** When a timeout that has begun is over. */
    private static final class Deadline {
        private final Duration timeout;
        private final long start = System.nanoTime();

        Deadline(Duration timeout) {
            this.timeout = timeout;
        }

        Duration left() {
            Duration left = timeout.minusNanos(System.nanoTime() - start);
            return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
        }
    }
}
