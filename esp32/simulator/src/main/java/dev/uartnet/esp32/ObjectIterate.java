package dev.uartnet.esp32;

import dev.uartnet.codec.message.Handle;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * OBJECT_ITERATE: takes an item from the object's iterator only when the host has demand for it. Whether there is another one is asked when the host demands it,
 * for asking may run code.
 */
final class ObjectIterate extends StreamingRequest {
    private final Arguments args;
    private Iterator<? extends @Nullable Object> items = List.of().iterator();
    private boolean reference;
    /** An item that takes time is awaited. */
    private boolean awaiting;

    private boolean arrived;
    private @Nullable Object item;

    ObjectIterate(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // a script may throw anything, and its host is told
    void start() throws DeviceException {
        if (!(args.any() instanceof Handle handle)) {
            throw DeviceException.badRequest("object", "must be a handle");
        }
        Object object = session.objects().received(handle);
        reference = args.flagOrFalse("reference");
        try {
            items = PythonModel.iterate(object);
        } catch (Exception e) {
            raise(e);
        }
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // likewise
    void sendItem() {
        if (awaiting) {
            return;
        }
        try {
            if (!arrived) {
                if (!items.hasNext()) {
                    succeed();
                    return;
                }
                Object taken = items.next();
                if (taken instanceof CompletionStage<?> stage) {
                    await(stage);
                    return;
                }
                item = taken;
            }
            arrived = false;
            next(session.objects().sent(item, reference));
        } catch (Exception e) {
            raise(e);
            abandon();
        }
    }

    private void await(CompletionStage<?> stage) {
        awaiting = true;
        stage.whenComplete((value, failure) -> session.loop().execute(() -> {
            awaiting = false;
            if (isOver()) {
                return;
            }
            if (failure != null) {
                raise(failure);
                abandon();
            } else {
                item = value;
                arrived = true;
                pull();
            }
        }));
    }

    private void raise(Throwable thrown) {
        fail(ObjectFailure.answer(id(), thrown, "<iteration>", session.objects()));
    }

    @Override
    void abandon() {
        if (items instanceof AutoCloseable generator) {
            try {
                generator.close();
            } catch (Exception e) {
                // Nobody waits for this request any more.
            }
        }
    }
}
