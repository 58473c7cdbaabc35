package dev.uartnet.esp32.conformance;

import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What comes before the answer of a request: items, and what its code prints. */
public final class Items implements RequestListener {
    private record Item(@Nullable Object value) {}

    private final BlockingQueue<Item> items = new LinkedTransferQueue<>();
    private final BlockingQueue<String> output = new LinkedTransferQueue<>();
    private RunningRequest request;

    /** Begins a request that answers with items. */
    public static Items of(Host host, int operation, @Nullable Object... args) {
        Items items = new Items();
        items.request = host.begin(operation, Host.NO_DEADLINE, items, args);
        return items;
    }

    public RunningRequest request() {
        return request;
    }

    @Override
    public void next(@Nullable Object item) {
        items.add(new Item(item));
    }

    @Override
    public void output(String text) {
        output.add(text);
    }

    /** Demands items and waits for them. */
    public List<@Nullable Object> take(int count) throws InterruptedException {
        request.demand(count);
        List<@Nullable Object> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Item item = items.poll(ConformanceTest.SECONDS, TimeUnit.SECONDS);
            if (item == null) {
                throw new AssertionError("no more than these items came: " + taken);
            }
            taken.add(item.value);
        }
        return taken;
    }

    /** Demands everything and returns what had not been taken when the request has succeeded. */
    public List<@Nullable Object> takeAll() throws IOException {
        request.demand(Integer.MAX_VALUE);
        results();
        return arrived();
    }

    /** Returns what has come and was not taken. */
    public List<@Nullable Object> arrived() {
        List<Item> came = new ArrayList<>();
        items.drainTo(came);
        List<@Nullable Object> values = new ArrayList<>();
        came.forEach(item -> values.add(item.value));
        return values;
    }

    public List<@Nullable Object> results() throws IOException {
        return Host.results(request.answer());
    }

    /** Returns what was printed so far, as one text. */
    public String printed() {
        List<String> pieces = new ArrayList<>();
        output.drainTo(pieces);
        return String.join("", pieces);
    }
}
