package dev.uartnet.esp32;

import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A stream of items that are at hand: of a scan, a directory, a file. */
final class ItemStream extends StreamingRequest {
    /** Finds the items, when the request begins. */
    @FunctionalInterface
    interface Items {
        Iterator<Object> of(DeviceSession session, Arguments args) throws DeviceException;
    }

    private final Arguments args;
    private final Items items;
    private Iterator<Object> left = Collections.emptyIterator();

    ItemStream(DeviceSession session, int id, Arguments args, Items items) {
        super(session, id);
        this.args = args;
        this.items = items;
    }

    @Override
    void start() throws DeviceException {
        left = items.of(session, args);
        endIfNoneLeft();
    }

    @Override
    void sendItem() {
        @Nullable Object item = left.next();
        next(item);
        endIfNoneLeft();
    }

    private void endIfNoneLeft() {
        if (!left.hasNext()) {
            succeed();
        }
    }

    @Override
    void abandon() {
        left = Collections.emptyIterator();
    }
}
