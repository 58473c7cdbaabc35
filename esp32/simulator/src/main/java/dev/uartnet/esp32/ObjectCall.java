package dev.uartnet.esp32;

import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Output;
import dev.uartnet.esp32.objects.SimulatedCall;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A request that runs scripted code which may print. What it prints travels as OUTPUT, a few pieces at a time, and the answer behind the last of them.
 *
 * <p>States of its code: RUNNING until the answer, when what it prints is OUTPUT; then DONE, when it is an EVENT; or, when the request has ended before (CANCEL,
 * deadline, the session's end), UNWANTED: printing fails.
 */
final class ObjectCall extends ObjectRequest {
    /** Pieces on their way to the line. */
    private static final int IN_FLIGHT_MAX = 4;

    private enum Code {
        RUNNING,
        DONE,
        UNWANTED
    }

    /** From any thread to the loop. */
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();

    private final ArrayDeque<String> pieces = new ArrayDeque<>();
    private volatile Code code = Code.RUNNING;
    private int inFlight;
    private @Nullable Runnable last;

    ObjectCall(DeviceSession session, int id, Arguments args, Work work) {
        super(session, id, args, work);
    }

    SimulatedCall call(List<? extends @Nullable Object> positional, Map<String, ? extends @Nullable Object> keywords) {
        return new SimulatedCall(positional, keywords, this::print);
    }

    /** From any thread. */
    private void print(String text) {
        if (code == Code.UNWANTED) {
            throw new CancellationException(
                    "the call was cancelled, its deadline has passed, or its session has ended");
        }
        printed.add(text);
        if (session.loop().inEventLoop()) {
            output();
        } else {
            session.loop().execute(this::output);
        }
    }

    private void output() {
        for (String text = printed.poll(); text != null; text = printed.poll()) {
            pieces.addAll(Utf8.pieces(text, objects.valueBytesMax() - 3));
        }
        if (code == Code.DONE) {
            pieces.forEach(piece -> session.send(new Event(EventKind.OUTPUT, List.of(piece))));
            pieces.clear();
        }
        while (!isOver() && inFlight < IN_FLIGHT_MAX && !pieces.isEmpty()) {
            inFlight++;
            session.send(new Output(id(), pieces.remove()), sent -> {
                inFlight--;
                output();
            });
        }
        if (last != null && pieces.isEmpty() && !isOver()) {
            code = Code.DONE; // before the answer, which ends the request
            last.run();
        }
    }

    @Override
    void whenPrinted(Runnable then) {
        last = then;
        output();
    }

    @Override
    void abandon() {
        code = Code.UNWANTED;
        pieces.clear();
        printed.clear();
    }
}
