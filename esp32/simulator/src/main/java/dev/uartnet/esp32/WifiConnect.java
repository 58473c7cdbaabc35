package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** WIFI_CONNECT. */
final class WifiConnect extends PendingRequest {
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final int BSSID_BYTES = 6;

    private final Arguments args;
    private @Nullable WifiAttempt attempt;
    private @Nullable Future<?> timeout;

    WifiConnect(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        String ssid = args.ssidOrNull();
        String password = args.textOrNull("password");
        RequestOptions options = args.optionsOrNone();
        byte[] bssid = options.bytes("bssid");
        if (bssid != null && bssid.length != BSSID_BYTES) {
            throw DeviceException.badRequest("bssid", "has 6 bytes");
        }
        boolean save = options.flag("save", false);
        int millis = options.integer("timeout_ms", 1, Integer.MAX_VALUE, TIMEOUT_MILLIS);
        options.end();
        WifiAnswers.check(ssid, password);
        WifiAttempt wanted = new WifiAttempt(ssid, password, bssid, save, this::onVerdict);
        attempt = wanted;
        timeout = session.loop().schedule(() -> giveUp(millis), millis, TimeUnit.MILLISECONDS);
        session.board().wifi().connect(wanted);
    }

    private void onVerdict(@Nullable DeviceException failure) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (failure == null) {
            succeed(WifiAnswers.status(session));
        } else {
            fail(failure);
        }
    }

    private void giveUp(int millis) {
        abandon();
        fail(new DeviceException(ErrorCode.TIMED_OUT, "Wi-Fi did not connect within " + millis + " ms"));
    }

    @Override
    void abandon() {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (attempt != null) {
            session.board().wifi().abandon(attempt);
        }
    }
}
