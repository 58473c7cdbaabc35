package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.rig.DeviceKind;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parts that measure the link from end to end. */
public final class LinkParts {
    private LinkParts() {}

    /** Returns them by their names, in the order in which they run. */
    public static Map<String, Part> all() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("rates", new LineRates(DeviceKind.FIRMWARE));
        parts.put("simulator", new LineRates(DeviceKind.SIMULATOR));
        parts.put("usb", new UsbLatency());
        parts.put("streams", new StreamCounts());
        parts.put("small", new SmallMessageRates());
        parts.put("errors", new ErrorRates());
        parts.put("trips", new PingTimes());
        parts.put("plain", new StopAndWait());
        parts.put("cost", new Costs());
        parts.put("sizes", new TransferSizes());
        parts.put("sockets", new SocketScale());
        parts.put("lines", new LineScale());
        parts.put("reference", new Reference());
        return parts;
    }

    /** Returns what most of them do. */
    static String how(Effort effort, double seconds) {
        return "each rig warmed up with a transfer; " + effort.repetitions() + " repetitions of about " + seconds
                + " s; value is their median";
    }
}
