package dev.uartnet.esp32;

import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts what a channel could not pass on, and tells the host: at once, then at most every 100 ms (PROTOCOL.md, section 9). */
final class DroppedDatagrams {
    private static final int INTERVAL_MILLIS = 100;

    private final DeviceSession session;
    private final int channel;
    private long datagrams;
    private long bytes;
    private @Nullable Future<?> interval;

    DroppedDatagrams(DeviceSession session, int channel) {
        this.session = session;
        this.channel = channel;
    }

    void add(int size) {
        session.counters().datagramDropped();
        datagrams++;
        bytes += size;
        if (interval == null) {
            tell();
        }
    }

    private void tell() {
        interval = null;
        if (datagrams > 0) {
            session.send(new Event(EventKind.DROPPED, List.of(channel, datagrams, bytes)));
            datagrams = 0;
            bytes = 0;
            interval = session.loop().schedule(this::tell, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** The channel is over. */
    void end() {
        if (interval != null) {
            interval.cancel(false);
        }
    }
}
