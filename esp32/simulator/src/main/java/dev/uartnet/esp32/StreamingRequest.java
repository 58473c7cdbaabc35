package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Next;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;

/**
 * A request that answers with items, as many as the host demands, before its end. Only a few of them are on their way to the line at a
 * time, so that the device never holds a long answer.
 */
abstract class StreamingRequest extends PendingRequest {
    /** Items on their way to the line. */
    private static final int IN_FLIGHT_MAX = 4;

    private long demand;
    private int inFlight;
    private boolean pulling;

    StreamingRequest(DeviceSession session, int id) {
        super(session, id);
    }

    /**
     * An item may go: sends one by {@link #next}, or none if there is none yet, or ends the request. Called again after each item that
     * was sent, and when the host's demand or the line comes to allow one.
     */
    abstract void sendItem() throws DeviceException;

    @Override
    final void begin() {
        super.begin();
        pull(); // what was demanded before it was admitted
    }

    /** Whether the host wants an item, and the line takes one. */
    final boolean wantsItem() {
        return demand > 0 && inFlight < IN_FLIGHT_MAX && !isOver();
    }

    /** Lets {@link #sendItem} send what it has; for when it has come to have something. */
    final void pull() {
        if (pulling) {
            return; // sending may complete at once
        }
        pulling = true;
        try {
            long before;
            do {
                before = demand;
                if (wantsItem()) {
                    sendItem();
                }
            } while (demand < before);
        } catch (DeviceException e) {
            fail(e);
            abandon();
        } finally {
            pulling = false;
        }
    }

    /** Sends an item; only if {@link #wantsItem}. */
    final void next(@Nullable Object item) {
        if (!wantsItem()) {
            throw new IllegalStateException("nobody wants an item of request " + id());
        }
        demand--;
        inFlight++;
        session.send(new Next(id(), item), failure -> {
            inFlight--;
            if (failure instanceof TooLongFrameException && !isOver()) {
                fail(new DeviceException(ErrorCode.MESSAGE_TOO_BIG, "an item is longer than the host takes"));
                abandon();
            } else {
                pull();
            }
        });
    }

    /** DEMAND. */
    @Override
    final void demand(long items) {
        demand = demand > Long.MAX_VALUE - items ? Long.MAX_VALUE : demand + items;
        if (hasStarted()) {
            pull();
        }
    }
}
