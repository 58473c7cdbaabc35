package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.NoAnswerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Finds the speed at which a client's device listens: tries one after the other until it answers, and remembers that one. */
final class SpeedSearch {
    /** The firmware's own first; then those that people set. */
    static final List<Integer> SPEEDS = List.of(115_200, 921_600, 460_800, 230_400, 57_600, 9_600);

    /** A device that a vanished host has left at another speed is back by then (PROTOCOL.md, section 6), and one that boots is up. */
    private static final Duration FIRST_MAX = Duration.ofSeconds(3);

    private static final Duration NEXT_MAX = Duration.ofSeconds(1);

    private final LinkConfig link;
    private final BiFunction<Integer, LinkConfig, Mono<Connection>> attempt;
    private volatile int found;

    /**
     * A search that has found nothing yet.
     *
     * @param attempt opens a session at a speed, within the configuration's connect timeout; its port is closed when it fails
     */
    SpeedSearch(LinkConfig link, BiFunction<Integer, LinkConfig, Mono<Connection>> attempt) {
        this.link = link;
        this.attempt = attempt;
    }

    /** A session at the speed that was found, or is being found. Fails with {@link NoAnswerException} that lists what was tried. */
    Mono<Connection> connect() {
        return Mono.defer(() -> found != 0 ? attempt.apply(found, link) : next(0, new ArrayList<>(), null));
    }

    private Mono<Connection> next(int index, List<String> tried, @Nullable NoAnswerException best) {
        if (index == SPEEDS.size()) {
            return Mono.error(failure(tried, best));
        }
        int baud = SPEEDS.get(index);
        return attempt.apply(baud, link.withConnectTimeout(timeout(index)))
                .doOnNext(connection -> found = baud)
                .onErrorResume(NoAnswerException.class, silent -> {
                    tried.add(baud + " (" + heard(silent) + ")");
                    return next(index + 1, tried, best == null || moreTelling(silent, best) ? silent : best);
                });
    }

    private Duration timeout(int index) {
        Duration most = index == 0 ? FIRST_MAX : NEXT_MAX;
        Duration own = link.connectTimeout();
        return own.compareTo(most) < 0 ? own : most;
    }

    private static boolean moreTelling(NoAnswerException a, NoAnswerException b) {
        return a.heard().compareTo(b.heard()) > 0;
    }

    private static String heard(NoAnswerException silent) {
        return switch (silent.heard()) {
            case SILENCE -> "silence";
            case GARBAGE -> "garbage";
            case OTHER_FRAMES -> "other frames";
        };
    }

    private static NoAnswerException failure(List<String> tried, @Nullable NoAnswerException best) {
        NoAnswerException failure = new NoAnswerException(
                best == null ? NoAnswerException.Heard.SILENCE : best.heard(),
                "the device does not answer at any usual speed; tried " + String.join(", ", tried)
                        + "; check power, cable (TX to RX), port and that the firmware runs, or name its speed");
        if (best != null) {
            failure.addSuppressed(best);
        }
        return failure;
    }
}
