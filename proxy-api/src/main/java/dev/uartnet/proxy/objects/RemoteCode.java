package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be run on the device. */
sealed interface RemoteCode {
    /** Returns one of {@link Operation}. */
    int operation();

    /**
     * Returns the request's arguments.
     *
     * @param reference whether the result is to be an object, whatever it is
     */
    List<@Nullable Object> args(boolean reference);

    /** Says it in messages. */
    String what();

    record Evaluation(String code) implements RemoteCode {
        @Override
        public int operation() {
            return Operation.OBJECT_EVAL;
        }

        @Override
        public List<@Nullable Object> args(boolean reference) {
            return List.of(code, reference);
        }

        @Override
        public String what() {
            return "evaluation of '" + firstLine(code) + "'";
        }
    }

    record Execution(String code) implements RemoteCode {
        @Override
        public int operation() {
            return Operation.OBJECT_EXEC;
        }

        @Override
        public List<@Nullable Object> args(boolean reference) {
            return List.of(code);
        }

        @Override
        public String what() {
            return "execution of '" + firstLine(code) + "'";
        }
    }

    /**
     * A call of an object.
     *
     * @param method null: the object itself
     */
    record Invocation(
            RemoteObject object,
            @Nullable String method,
            List<@Nullable Object> positional,
            Map<String, @Nullable Object> keywords)
            implements RemoteCode {
        Invocation(RemoteObject object, @Nullable String method, List<@Nullable Object> positional) {
            this(object, method, positional, Map.of());
        }

        @Override
        public int operation() {
            return Operation.OBJECT_CALL;
        }

        @Override
        public List<@Nullable Object> args(boolean reference) {
            return Arrays.asList(object, method, positional, keywords, reference);
        }

        @Override
        public String what() {
            return "call of '" + object.lease().name() + (method == null ? "" : "." + method) + "'";
        }
    }

    private static String firstLine(String code) {
        String line = code.strip().lines().findFirst().orElse("");
        return line.length() > 40 ? line.substring(0, 40) + "..." : line;
    }
}
