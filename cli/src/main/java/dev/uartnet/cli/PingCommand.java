package dev.uartnet.cli;

import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.LinkState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code uartnet ping}. */
@CommandLine.Command(
        name = "ping",
        description = {
            "Measures round trips to the device and back, and prints statistics at the end, also on Ctrl-C.",
            "With --count 0 it connects again when the link is lost, and says so.",
            "Fails (exit code 5) if no answer came."
        })
final class PingCommand extends DeviceCommand {
    private static final double INTERVAL_SECONDS_MAX = 86_400;

    @Spec
    private @Nullable CommandSpec spec;

    private int count;
    private Duration interval = Duration.ZERO;

    PingCommand(Invocation invocation) {
        super(invocation);
    }

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How many round trips; 0: until Ctrl-C (default: ${DEFAULT-VALUE}).")
    void setCount(int value) {
        if (value < 0) {
            throw wrong("--count must not be negative: " + value);
        }
        count = value;
    }

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "From one round trip's start to the next one's (default: ${DEFAULT-VALUE}).")
    void setInterval(double seconds) {
        if (!(seconds >= 0 && seconds <= INTERVAL_SECONDS_MAX)) {
            throw wrong("--interval must be 0 to 86400 seconds: " + seconds);
        }
        interval = Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    boolean outlivesTheLink() {
        return count == 0;
    }

    @Override
    int run(Device device) throws Exception {
        String agent = device.client().session().agent();
        invocation.output().line("PING " + device.name() + " (" + agent + ")");
        Session session = new Session(device.name());
        device.client().states().subscribe(session::linkIs);
        invocation.cleanups().doAfter(() -> session.end(device.health()), () -> pings(device, session));
        if (session.answers() == 0) {
            throw new RemoteFailureException("the device answered none of " + count + " pings");
        }
        return ExitCodes.DONE;
    }

    private void pings(Device device, Session session) throws Exception {
        for (int number = 1; count == 0 || number <= count; number++) {
            long start = System.nanoTime();
            try {
                session.answered(number, device.await(device.client().ping()));
            } catch (RequestTimeoutException e) {
                session.unanswered(number, "within " + options.timeout().toMillis() + " ms");
            } catch (LinkLostException e) {
                if (device.client().isDisposed()) {
                    throw e;
                }
                session.unanswered(number, "(" + Failure.text(e) + ")");
            }
            if (number != count) {
                sleepUntil(start + interval.toNanos());
            }
        }
    }

    private static void sleepUntil(long time) throws InterruptedException {
        long nanos = time - System.nanoTime();
        if (nanos > 0) {
            Thread.sleep(Duration.ofNanos(nanos).toMillis(), (int) (nanos % 1_000_000));
        }
    }

    /** What has been seen so far. The command or a signal's thread ends it with the statistics, behind which nothing more is printed. */
    private final class Session {
        private final String name;
        private final long startNanos = System.nanoTime();
        private final RoundTrips times = new RoundTrips();
        private int sent;
        private boolean down;
        private boolean ended;

        Session(String name) {
            this.name = name;
        }

        synchronized void answered(int number, Duration time) throws IOException {
            if (!ended) {
                sent++;
                times.add(time);
                invocation.output().line("answer " + number + ": time=" + Units.millis(time) + " ms");
            }
        }

        synchronized void unanswered(int number, String why) throws IOException {
            if (!ended) {
                sent++;
                invocation.output().line("no answer " + number + " " + why);
            }
        }

        synchronized void linkIs(LinkState state) {
            boolean wasDown = down;
            down = state.kind() == LinkState.Kind.RECONNECTING;
            try {
                if (!ended && down && !wasDown && state.cause() != null) {
                    invocation.output().line(Failure.text(state.cause()) + "; reconnecting");
                } else if (!ended && wasDown && state.isConnected()) {
                    invocation.output().line("connected again");
                }
            } catch (IOException nobodyReads) {
                // The next answer ends the command.
            }
        }

        synchronized int answers() {
            return times.count();
        }

        synchronized void end(LinkHealth health) {
            ended = true;
            List<String> lines = statistics();
            lines.addAll(LinkReport.summary(health));
            try {
                for (String line : lines) {
                    invocation.output().line(line);
                }
            } catch (IOException nobodyReads) {
                // The command ends anyway.
            }
        }

        /** As ping(8) prints them. A ping that is still under way does not count. */
        private List<String> statistics() {
            long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
            double loss = sent == 0 ? 0 : 100.0 * (sent - times.count()) / sent;
            String format = loss == Math.rint(loss)
                    ? "%d sent, %d answered, %.0f%% lost, time %d ms"
                    : "%d sent, %d answered, %.1f%% lost, time %d ms";
            List<String> lines = new ArrayList<>();
            lines.add("--- " + name + " ping statistics ---");
            lines.add(String.format(Locale.ROOT, format, sent, times.count(), loss, millis));
            if (!times.isEmpty()) {
                lines.add("round trip min/avg/max/mdev = " + Units.millis(times.min()) + "/"
                        + Units.millis(times.mean()) + "/" + Units.millis(times.max()) + "/"
                        + Units.millis(times.deviation()) + " ms");
            }
            return lines;
        }
    }
}
