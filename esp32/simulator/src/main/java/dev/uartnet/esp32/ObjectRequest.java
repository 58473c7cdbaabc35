package dev.uartnet.esp32;

import dev.uartnet.codec.message.Handle;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request for an object whose answer is one value, at once or when the script has it. */
class ObjectRequest extends PendingRequest {
    /** What an operation does. */
    @FunctionalInterface
    interface Work {
        void run(ObjectRequest request) throws Exception;
    }

    /** What is made of a result before it is answered. */
    @FunctionalInterface
    interface Conversion {
        @Nullable
        Object of(@Nullable Object result) throws Exception;
    }

    private static final Conversion NOTHING = result -> null;

    final Arguments args;
    final SessionObjects objects;
    private final Work work;
    private String place = "<operation>";

    ObjectRequest(DeviceSession session, int id, Arguments args, Work work) {
        super(session, id);
        this.args = args;
        this.work = work;
        objects = session.objects();
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // a script may throw anything, and its host is told
    void start() throws DeviceException {
        try {
            work.run(this);
        } catch (DeviceException e) {
            throw e;
        } catch (Exception | StackOverflowError | AssertionError e) {
            raise(e);
        }
    }

    @Override
    void abandon() {
        // Scripted code runs on; what it comes to is dropped.
    }

    // ---- arguments

    /** The object that the request is about. */
    @Nullable
    Object object() throws DeviceException {
        if (!(args.any() instanceof Handle handle)) {
            throw DeviceException.badRequest("object", "must be a handle");
        }
        return objects.received(handle);
    }

    @Nullable
    Object value() throws DeviceException {
        return objects.received(args.any());
    }

    String name() throws DeviceException {
        return name(args.text("name"));
    }

    String name(String name) throws DeviceException {
        place = name;
        return objects.requireOrdinary(name);
    }

    // ---- answers

    /** Answers with a value. */
    final void answer(@Nullable Object result, boolean reference) {
        answer(result, value -> objects.sent(value, reference));
    }

    /** Answers that it is done, when a result, or a CompletionStage of it, is there. */
    final void answerNothing(@Nullable Object result) {
        answer(result, NOTHING);
    }

    /** Answers with what a result, or a CompletionStage of it, comes to. */
    final void answer(@Nullable Object result, Conversion conversion) {
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> session.loop().execute(() -> {
                if (failure == null) {
                    complete(value, conversion);
                } else {
                    raise(failure);
                }
            }));
        } else {
            complete(result, conversion);
        }
    }

    private void complete(@Nullable Object value, Conversion conversion) {
        if (isOver()) {
            return;
        }
        whenPrinted(() -> {
            try {
                Object converted = conversion.of(value);
                if (conversion == NOTHING) {
                    succeed();
                } else {
                    succeed(converted);
                }
            } catch (Exception e) {
                fail(ObjectFailure.answer(id(), e, place, objects));
            }
        });
    }

    private void raise(Throwable thrown) {
        whenPrinted(() -> fail(ObjectFailure.answer(id(), thrown, place, objects)));
    }

    /** Does the last thing, behind what the code has printed. */
    void whenPrinted(Runnable last) {
        last.run();
    }
}
