package dev.uartnet.esp32.objects;

import java.util.stream.LongStream;

/** The demonstration of remote objects: the same as greeter.py. */
public final class GreeterModule {
    private GreeterModule() {}

    /** A class of Java's, which knows nothing of the device. */
    private static final class Greeter {
        private String name;

        Greeter(String name) {
            this.name = name;
        }

        String greeting() {
            return "Hello, " + name + "!";
        }
    }

    /** What {@code import greeter} gives. */
    public static SimulatedObject create() {
        return ScriptedObject.module("greeter")
                .type("Greeter", call -> scripted(new Greeter(call.argument(0, "name", String.class))))
                .method("count", call -> LongStream.range(0, call.argument(0, "n", Long.class))
                        .iterator())
                .build();
    }

    private static SimulatedObject scripted(Greeter greeter) {
        return ScriptedObject.ofType("Greeter")
                .attribute("name", () -> greeter.name, value -> greeter.name = (String) value)
                .method("greet", call -> {
                    for (long left = call.argument(0, "times", Long.class, 1L); left > 0; left--) {
                        call.println(greeter.greeting());
                    }
                    return greeter.greeting();
                })
                .method("fail", call -> {
                    throw PythonException.of("ValueError", "bad", 42);
                })
                .str(() -> "Greeter of " + greeter.name)
                .build();
    }
}
