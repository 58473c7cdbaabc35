package dev.uartnet.cli;

import dev.uartnet.proxy.LinkState;
import dev.uartnet.proxy.board.DeviceLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import reactor.core.publisher.Flux;

/** {@code uartnet log}. */
@CommandLine.Command(
        name = "log",
        description = {
            "Prints what the device logs, and what code on it prints outside of uartnet exec, from now on until Ctrl-C.",
            "When the link is lost it connects again, and says so on standard error."
        })
final class LogCommand extends DeviceCommand {
    /** Whether what was printed last has not ended its line. */
    private boolean midLine;

    LogCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    boolean outlivesTheLink() {
        return true;
    }

    /** One thing that the device has said: to be done on the command's thread. */
    private interface Saying {
        void print() throws IOException;
    }

    @Override
    int run(Device device) throws Exception {
        var board = device.client().device();
        Flux<Saying> said = Flux.merge(
                board.log().<Saying>map(log -> () -> log(log)),
                board.output().<Saying>map(text -> () -> printed(text)),
                device.client().states().<Saying>map(state -> () -> linkIs(device, state)));
        device.each(said.takeUntilOther(device.client().onClose()), Saying::print);
        return ExitCodes.DONE;
    }

    private void log(DeviceLog log) throws IOException {
        if (midLine) {
            invocation.output().ownText("");
        }
        midLine = false;
        invocation.output().line(log.severity().name().toLowerCase(Locale.ROOT) + ": " + log.text());
    }

    /** In pieces, not in lines. */
    private void printed(String text) throws IOException {
        midLine = !text.endsWith("\n");
        invocation.output().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void linkIs(Device device, LinkState state) {
        if (state.isConnected()) {
            invocation.error().println("uartnet: listening to " + device.name());
        } else if (state.cause() != null && state.attempts() == 0) {
            invocation.error().println("uartnet: " + Failure.text(state.cause()) + "; reconnecting");
        }
    }
}
