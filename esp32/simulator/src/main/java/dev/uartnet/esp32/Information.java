package dev.uartnet.esp32;

import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** INFO. */
final class Information extends PendingRequest {
    /** More than the whole answer takes; a host with smaller frames does without the counters. */
    private static final int ANSWER_BYTES_MAX = 700;

    Information(DeviceSession session, int id) {
        super(session, id);
    }

    @Override
    void start() {
        collect(session, info -> succeed(info));
    }

    /** What the device says of itself and of its end of the link. */
    static void collect(DeviceSession session, Consumer<Map<String, Object>> answer) {
        session.askLink(Information::counters, counters -> {
            Map<String, Object> info = session.information();
            if (!counters.isEmpty()) {
                info.put("link", counters);
                info.put("sockets", session.counters().named());
            }
            answer.accept(info);
        });
    }

    /** The counters as the firmware names them. */
    private static Map<String, Long> counters(LinkHandler link) {
        Map<String, Long> named = new LinkedHashMap<>();
        Session open = link.session();
        if (open != null && open.maxPayload() >= ANSWER_BYTES_MAX) {
            LinkCounters counters = link.counters();
            named.put("frames", counters.framesReceived());
            named.put("damaged", counters.damaged());
            named.put("stale", counters.stale());
            named.put("dropped", counters.ignored());
            named.put("duplicates", counters.duplicates());
            named.put("gaps", counters.gaps());
            named.put("retransmits", counters.retransmits());
            named.put("timeouts", counters.timeouts());
        }
        return named;
    }

    @Override
    void abandon() {
        // The link answers anyway, and nobody listens.
    }
}
