package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.esp32.objects.PythonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a host is told of an exception of scripted code (PROTOCOL.md, section 8, "Remote objects"). */
final class ObjectFailure {
    private static final int TEXT_BYTES_MAX = 120;
    private static final int TYPE_BYTES_MAX = 32;
    /** A traceback gets what is left, but never more. */
    private static final int TRACEBACK_BYTES_MAX = 1024;
    /** Headers of the message, of its texts and of the array of arguments. */
    private static final int OVERHEAD_BYTES = 24;

    private static final int FRAMES_MAX = 10;

    private ObjectFailure() {}

    /**
     * Returns the answer to a request that has failed.
     *
     * @param place the operation's name, for a traceback
     */
    static ErrorResponse answer(int id, Throwable thrown, String place, SessionObjects objects) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof DeviceException known) {
            return new ErrorResponse(id, known.code(), known.text(), known.errno(), List.of());
        }
        return cause instanceof PythonException raised
                ? raised(id, raised.type(), raised.arguments(), raised.traceback(), place, objects)
                : raised(id, cause.getClass().getSimpleName(), message(cause), stack(cause), place, objects);
    }

    private static List<@Nullable Object> message(Throwable cause) {
        return cause.getMessage() == null ? List.of() : List.of(cause.getMessage());
    }

    /** Of a defect of the script: where in Java, as Python writes it, the innermost last. */
    private static String stack(Throwable cause) {
        StringBuilder lines = new StringBuilder("Traceback (most recent call last):\n");
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = Math.min(frames.length, FRAMES_MAX) - 1; i >= 0; i--) {
            lines.append("  at ").append(frames[i]).append('\n');
        }
        return lines.append(cause).toString();
    }

    private static ErrorResponse raised(
            int id,
            String type,
            List<@Nullable Object> arguments,
            @Nullable String traceback,
            String place,
            SessionObjects objects) {
        String name = Utf8.cut(type, TYPE_BYTES_MAX);
        String said = text(arguments);
        String line = said.isEmpty() ? name : name + ": " + said;
        String text = Utf8.cut(line, TEXT_BYTES_MAX);
        int left = objects.valueBytesMax() - OVERHEAD_BYTES - Utf8.length(text) - Utf8.length(name);
        List<@Nullable Object> args = new ArrayList<>();
        left -= left / 2 - copy(arguments, args, left / 2);
        String trace = traceback != null
                ? traceback
                : "Traceback (most recent call last):\n  File \"<simulator>\", in " + place + "\n" + line;
        return new ErrorResponse(
                id,
                ErrorCode.EXCEPTION,
                text,
                type.equals("OSError") ? errno(arguments) : null,
                Arrays.asList(name, args, Utf8.end(trace, Math.min(left, TRACEBACK_BYTES_MAX))));
    }

    private static @Nullable Integer errno(List<@Nullable Object> arguments) {
        return !arguments.isEmpty() && arguments.get(0) instanceof Number number ? number.intValue() : null;
    }

    private static String text(List<@Nullable Object> arguments) {
        try {
            return PythonText.arguments(arguments);
        } catch (Exception e) {
            return "(" + e + ")";
        }
    }

    /**
     * Copies values as they are, and anything else as its repr: as many as find room, the last one cut if it is text.
     *
     * @return the bytes that are left
     */
    private static int copy(List<@Nullable Object> from, List<@Nullable Object> to, int bytes) {
        ValueCopy copy = new ValueCopy(bytes, ObjectFailure::repr);
        for (Object argument : from) {
            int left = copy.bytesLeft();
            try {
                to.add(copy.of(argument));
            } catch (ValueCopy.TooLongException | DeviceException e) {
                if (argument instanceof String text && left > 3) {
                    to.add(Utf8.cut(text, left - 3));
                }
                return 0;
            }
        }
        return copy.bytesLeft();
    }

    private static String repr(Object object) {
        try {
            return PythonText.repr(object);
        } catch (Exception e) {
            return "<" + PythonModel.typeName(object) + ">";
        }
    }
}
