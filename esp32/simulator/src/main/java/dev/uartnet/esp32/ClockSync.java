package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** CLOCK_SYNC: the server's name is looked up, and the simulated server asked. */
final class ClockSync extends PendingRequest {
    private static final int TIMEOUT_MILLIS_MAX = 600_000;

    private final Arguments args;
    private @Nullable Future<?> timeout;

    ClockSync(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        Object server = args.nameOrAddressOrNull("server");
        int millis = args.integer("timeout", 1, TIMEOUT_MILLIS_MAX);
        session.requireNetwork();
        String name = server == null ? "the NTP server" : server instanceof String text ? text : "that NTP server";
        timeout = session.loop()
                .schedule(
                        () -> fail(new DeviceException(
                                ErrorCode.TIMED_OUT, name + " did not answer within " + millis + " ms")),
                        millis,
                        TimeUnit.MILLISECONDS);
        if (server instanceof String) {
            session.lookup(name).addListener((Future<List<InetAddress>> found) -> {
                if (found.isSuccess()) {
                    ask();
                } else {
                    stop(DeviceException.ofLookup(name, found.cause()));
                }
            });
        } else {
            ask();
        }
    }

    private void ask() {
        SimulatedClock clock = session.board().clock();
        if (isOver() || clock.ntpIsSilent()) {
            return;
        }
        abandon();
        long change = clock.sync();
        succeed(clock.micros(), clock.isSet(), change);
    }

    @Override
    void networkLost(DeviceException why) {
        stop(why);
    }

    @Override
    void abandon() {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
