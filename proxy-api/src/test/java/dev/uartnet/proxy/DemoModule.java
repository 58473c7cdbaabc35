package dev.uartnet.proxy;

import dev.uartnet.esp32.objects.PythonException;
import dev.uartnet.esp32.objects.ScriptedObject;
import dev.uartnet.esp32.objects.SimulatedCall;
import dev.uartnet.esp32.objects.SimulatedObject;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The demonstration of remote objects on the simulator: the same as demo.py, and calls that end when a test says so. */
final class DemoModule {
    /** Calls of {@code wait} that have not been answered, in order. */
    final Queue<CompletableFuture<Object>> waiting = new ConcurrentLinkedQueue<>();

    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger started = new AtomicInteger();

    /** A class of Java's, which knows nothing of the device. */
    private static final class Lamp {
        private final String name;
        private Object brightness;

        Lamp(String name, Object brightness) {
            this.name = name;
            this.brightness = brightness;
        }
    }

    SimulatedObject module() {
        return ScriptedObject.module("demo")
                .type("Lamp", call -> new LampObject(lamp(call)))
                .constant("notes", new HashMap<>(Map.of("one", 1L)))
                .constant("numbers", new ArrayList<>(List.of(1L, 2L, 3L)))
                .method("same", call -> call.positional().get(0))
                .method("import", call -> call.argument(0, "x", Long.class) + 1)
                .method("count", call -> LongStream.range(0, number(call, 0)).iterator())
                .method("breaking", call -> breaking(number(call, 0)))
                .method("closing", call -> new Closing())
                .attribute("closed", () -> (long) closed.get())
                .attribute("started", () -> (long) started.get())
                .method("text", call -> "\u00e9".repeat(number(call, 0)))
                .method("content", call -> content(number(call, 0)))
                .method("array", call -> new byte[number(call, 0)])
                .method(
                        "row",
                        call -> LongStream.range(0, number(call, 0)).boxed().toList())
                .method("table", call -> table(number(call, 0)))
                .method("texts", call -> IntStream.range(0, number(call, 0))
                        .mapToObj(i -> String.valueOf(i % 10).repeat(i % 2 == 0 ? 1 : number(call, 1)))
                        .iterator())
                .method("lamps", call -> IntStream.range(0, number(call, 0))
                        .mapToObj(i -> new LampObject(new Lamp(String.valueOf(i), 10L)))
                        .toList())
                .method("arguments", call -> List.of(call.positional(), call.keywords()))
                .method("mixed", call -> Arrays.asList(1L, null, "x"))
                .method("stream", call -> new ByteArrayInputStream(call.argument(0, "data", byte[].class)))
                .method("wait", call -> {
                    CompletableFuture<Object> answer = new CompletableFuture<>();
                    waiting.add(answer);
                    return answer;
                })
                .build();
    }

    private static int number(SimulatedCall call, int position) {
        return Math.toIntExact(call.argument(position, "n", Long.class));
    }

    private static Lamp lamp(SimulatedCall call) {
        return new Lamp(call.argument(0, "name", String.class), call.argument(1, "brightness", Object.class, 10L));
    }

    private static byte[] content(int n) {
        byte[] content = new byte[n];
        IntStream.range(0, n).forEach(i -> content[i] = (byte) i);
        return content;
    }

    private static Map<Object, Object> table(int n) {
        Map<Object, Object> table = new LinkedHashMap<>();
        LongStream.range(0, n).forEach(i -> table.put(i, String.valueOf(i)));
        return table;
    }

    private static Iterator<Object> breaking(int n) {
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Object next() {
                if (next == n) {
                    throw PythonException.of("OSError", 5L);
                }
                return next++;
            }
        };
    }

    /** A generator that counts how often it was entered and closed. */
    private final class Closing implements Iterator<Object>, AutoCloseable {
        private long next;

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Object next() {
            started.incrementAndGet();
            return next++;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    /** Equality by name. */
    private static final class LampObject implements SimulatedObject {
        private final Lamp lamp;
        private final SimulatedObject script;

        LampObject(Lamp lamp) {
            this.lamp = lamp;
            script = ScriptedObject.ofType("Lamp")
                    .constant("name", lamp.name)
                    .attribute("brightness", () -> lamp.brightness, value -> lamp.brightness = value)
                    .method("blink", call -> {
                        long times = call.argument(0, "times", Long.class, 1L);
                        LongStream.range(0, times).forEach(i -> call.println(lamp.name + " blinks " + i));
                        return times;
                    })
                    .method("fail", call -> {
                        throw PythonException.of("ValueError", "burnt out", 7L);
                    })
                    .method("copy", call -> new LampObject(new Lamp(lamp.name, lamp.brightness)))
                    .str(() -> "Lamp " + lamp.name + " at " + lamp.brightness)
                    .build();
        }

        @Override
        public String type() {
            return script.type();
        }

        @Override
        public Object get(String name) throws Exception {
            return script.get(name);
        }

        @Override
        public void set(String name, Object value) throws Exception {
            script.set(name, value);
        }

        @Override
        public String str() throws Exception {
            return script.str();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LampObject same && same.lamp.name.equals(lamp.name);
        }

        @Override
        public int hashCode() {
            return lamp.name.hashCode();
        }
    }
}
