package dev.uartnet.codec.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the device for an operation.
 *
 * @param id 0 to 65,535, unused until the answer
 * @param operation one of {@link Operation}, or a number that this version does not know
 * @param deadlineMillis milliseconds from arrival after which the device gives up; 0: never
 * @param args the operation's arguments
 */
public record Request(int id, int operation, long deadlineMillis, List<@Nullable Object> args) implements Message {
    /** Without the arguments' values: passwords are among them, and whoever logs a message would tell them. */
    @Override
    public String toString() {
        return "Request[id=" + id + ", operation=" + operation + ", deadlineMillis=" + deadlineMillis + ", "
                + args.size() + " arguments]";
    }
}
