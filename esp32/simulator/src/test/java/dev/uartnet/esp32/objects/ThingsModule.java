package dev.uartnet.esp32.objects;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the conformance suite needs besides the greeter: the same as things.py. */
public final class ThingsModule {
    private ThingsModule() {}

    /** What {@code import things} gives, on a device with a module that it may not import. */
    public static SimulatedObject create(SimulatedObject forbidden) {
        return ScriptedObject.module("things")
                .constant("huge", BigInteger.ONE.shiftLeft(70))
                .constant("nothing", null)
                .constant("notes", new HashMap<>(Map.of("one", 1)))
                .constant("numbers", new ArrayList<>(List.of(1L, 2L, 3L)))
                .constant("stop", forbidden)
                .method("same", call -> call.positional().get(0))
                .method("arguments", call -> List.of(call.positional(), call.keywords()))
                .method("text", call -> "x".repeat(number(call, "n")))
                .method("content", call -> content(number(call, "n")))
                .method(
                        "row",
                        call -> LongStream.range(0, number(call, "n")).boxed().toList())
                .method("nest", call -> nest(number(call, "depth")))
                .method("stream", call -> new ByteArrayInputStream(call.argument(0, "bytes", byte[].class)))
                .method("pause", call -> pause(call.argument(0, "ms", Long.class)))
                .method("speak", ThingsModule::speak)
                .method("endless", call -> LongStream.iterate(0, i -> i + 1).iterator())
                .method("breaking", call -> new Breaking(number(call, "n")))
                .method("objects", call -> Stream.generate(Object::new)
                        .limit(number(call, "n"))
                        .toList())
                .method("fail_long", call -> {
                    throw PythonException.of("ValueError", "y".repeat(number(call, "n")), new Object(), 1);
                })
                .build();
    }

    private static int number(SimulatedCall call, String name) {
        return Math.toIntExact(call.argument(0, name, Long.class));
    }

    private static byte[] content(int n) {
        byte[] content = new byte[n];
        IntStream.range(0, n).forEach(i -> content[i] = (byte) i);
        return content;
    }

    private static List<?> nest(int depth) {
        List<?> value = List.of();
        for (int i = 1; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    private static CompletableFuture<Long> pause(long millis) {
        return CompletableFuture.supplyAsync(
                () -> millis, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }

    /** Prints from another thread than the device's. */
    private static CompletableFuture<Long> speak(SimulatedCall call) {
        long lines = call.argument(0, "lines", Long.class);
        int length = Math.toIntExact(call.argument(1, "length", Long.class));
        return CompletableFuture.supplyAsync(() -> {
            for (long i = 0; i < lines; i++) {
                call.println(i + "-".repeat(length));
            }
            return lines;
        });
    }

    /** A generator that raises at its end. */
    private static final class Breaking implements Iterator<@Nullable Object> {
        private final int items;
        private long next;

        Breaking(int items) {
            this.items = items;
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Long next() {
            if (next == items) {
                throw PythonException.of("OSError", 5, "broken");
            }
            return next++;
        }
    }
}
