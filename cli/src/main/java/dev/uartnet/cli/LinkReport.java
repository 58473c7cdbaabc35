package dev.uartnet.cli;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.RoundTripHistogram;
import dev.uartnet.codec.link.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a link fares, in lines for people. */
final class LinkReport {
    private LinkReport() {}

    /** Returns one line, or two if anything went wrong. */
    static List<String> summary(LinkHealth health) {
        List<String> lines = new ArrayList<>();
        RoundTripHistogram times = health.roundTrips();
        lines.add("link: " + frames(health.counters())
                + (times.count() == 0
                        ? ""
                        : ", frames acknowledged in p50/p99 = " + Units.millis(times.percentile(50)) + "/"
                                + Units.millis(times.percentile(99)) + " ms"));
        List<String> faults = faults(health.counters(), false);
        if (!faults.isEmpty()) {
            lines.add("link: " + String.join(", ", faults));
        }
        return lines;
    }

    /**
     * Returns a section of labels and values.
     *
     * @param baud the line's speed, null if it is none that has one
     * @param device what the device has counted, null if it does not say
     */
    static Map<String, String> section(
            Session session, @Nullable Integer baud, LinkHealth health, @Nullable Map<String, Long> device) {
        Map<String, String> lines = new LinkedHashMap<>();
        List<String> agreed = new ArrayList<>();
        if (baud != null) {
            agreed.add(baud + " baud");
        }
        agreed.add("keepalive " + session.keepaliveMillis() + " ms");
        agreed.addAll(Feature.names(session.features()));
        lines.put("link", String.join(", ", agreed));
        lines.put(
                "  window",
                Units.count(session.windowFrames(), "frame") + ", " + Units.count(session.bufferBytes(), "byte")
                        + ", payload of a frame up to " + Units.count(session.maxPayload(), "byte"));
        LinkCounters counters = health.counters();
        lines.put("  host", frames(counters) + ", " + String.join(", ", faults(counters, true)));
        if (device != null) {
            List<String> counted = new ArrayList<>();
            device.forEach((name, value) -> counted.add(counted(name.replace('_', ' '), value)));
            lines.put("  device", String.join(", ", counted));
        }
        lines.put(
                "  bytes",
                counters.wireBytesSent() + " sent (" + counters.payloadBytesSent() + " of messages), "
                        + counters.wireBytesReceived() + " received (" + counters.payloadBytesReceived()
                        + " of messages)");
        RoundTripHistogram times = health.roundTrips();
        if (times.count() > 0) {
            lines.put(
                    "  times",
                    "round trip min/p50/p99/max = " + Units.millis(times.min()) + "/"
                            + Units.millis(times.percentile(50)) + "/" + Units.millis(times.percentile(99)) + "/"
                            + Units.millis(times.max()) + " ms");
        }
        return lines;
    }

    private static String frames(LinkCounters counters) {
        return Units.count(counters.framesSent(), "frame") + " sent, " + counters.framesReceived() + " received";
    }

    private static List<String> faults(LinkCounters counters, boolean all) {
        List<String> faults = new ArrayList<>();
        add(faults, all, counters.retransmits(), "retransmit", " (" + counters.timeouts() + " by timeout)");
        add(faults, all, counters.crcErrors(), "CRC error", "");
        add(faults, all, counters.resyncs(), "resync", "");
        add(faults, all, counters.gaps(), "gap", "");
        add(faults, all, counters.duplicates(), "duplicate", "");
        add(
                faults,
                all,
                counters.windowStalls(),
                "window stall",
                " (" + Units.millis(counters.windowStalled()) + " ms)");
        if (all) {
            faults.add(counters.stale() + " stale");
            faults.add(counters.ignored() + " ignored");
        }
        return faults;
    }

    private static void add(List<String> faults, boolean all, long number, String thing, String more) {
        if (all || number > 0) {
            faults.add(Units.count(number, thing) + more);
        }
    }

    /** The device names what it counts in the plural, or with a word that has none. */
    private static String counted(String name, long number) {
        return name.endsWith("s") ? Units.count(number, name.substring(0, name.length() - 1)) : number + " " + name;
    }
}
