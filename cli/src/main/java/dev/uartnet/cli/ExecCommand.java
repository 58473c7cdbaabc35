package dev.uartnet.cli;

import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.proxy.objects.RemoteException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** {@code uartnet exec}. */
@CommandLine.Command(
        name = "exec",
        customSynopsis = "uartnet exec [OPTION...] (FILE | - | -e CODE)",
        description = {
            "Executes Python on the device, and prints what it prints as it comes. An exception is exit code 5, with its traceback on "
                    + "standard error.",
            "It may take as long as it likes, unless there is a --timeout. Ctrl-C does not end the code: it runs on until it ends or prints.",
            "The device has to allow it: \"exec\" in \"allow\" of its /uartnet.json, or \"everything\". Code may do whatever the device can, also read its files.",
            "The simulator (--port sim) runs no Python. To try it without a board, run the firmware on this machine (see the examples)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet exec -e 'import gc; print(gc.mem_free())'",
            "  uartnet exec blink.py",
            "  UARTNET_ALLOW=everything esp32/unix/run --pty /tmp/esp32 &",
            "  echo 'print(6 * 7)' | uartnet exec - --port /tmp/esp32"
        })
final class ExecCommand extends DeviceCommand {
    /** What a request carries besides the code, of its 16,384 bytes. */
    private static final int AROUND_BYTES = 8;

    private static final int REQUEST_BYTES_MAX = 16_384;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "A file of Python on this machine ('-': standard input).")
    private @Nullable Path file;

    @Option(names = "-e", paramLabel = "CODE", description = "The code itself.")
    private @Nullable String given;

    private String code = "";

    ExecCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException, IOException {
        if ((file == null) == (given == null)) {
            throw new UsageException("what is to be executed? Either FILE ('-': standard input), or -e CODE");
        }
        code = file == null ? String.valueOf(given) : InputFile.of(file).text(invocation);
        int bytes = code.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > REQUEST_BYTES_MAX - AROUND_BYTES) {
            throw new UsageException("the code has " + bytes + " bytes, but the device takes at most "
                    + (REQUEST_BYTES_MAX - AROUND_BYTES)
                    + " at once: put it there as a module (uartnet files put FILE /lib/), and import that");
        }
    }

    @Override
    int run(Device device) throws Exception {
        if (device.isSimulated()) {
            throw new RemoteFailureException(
                    "the simulator runs no Python; to try it without a board: UARTNET_ALLOW=everything esp32/unix/run "
                            + "--pty /tmp/esp32, and in another terminal uartnet exec --port /tmp/esp32");
        }
        // Without a bound, for the reader of standard output may be slow, and the device should not have to wait or
        // fail for that.
        Flux<String> printed = device.client()
                .objects()
                .exec(code)
                .timeout(options.timeoutOr(Duration.ZERO))
                .output()
                .onBackpressureBuffer();
        AtomicBoolean over = new AtomicBoolean();
        try {
            invocation.cleanups().doAfter(() -> interrupted(over.get()), () -> {
                try {
                    device.each(printed, text -> invocation.output().write(text.getBytes(StandardCharsets.UTF_8)));
                } finally {
                    over.set(true);
                }
            });
        } catch (RemoteException e) {
            raised(e);
            return ExitCodes.REMOTE_FAILURE;
        } catch (RequestTimeoutException e) {
            throw new RemoteFailureException(
                    "the code has not ended in time (" + e.getMessage()
                            + "); if it has begun, it runs on until it ends or prints, and if "
                            + "calls before it do not end, it waits behind them: uartnet reset ends them all",
                    e);
        }
        return ExitCodes.DONE;
    }

    /** Perhaps on a signal's thread. */
    private void interrupted(boolean over) {
        if (!over && invocation.cleanups().isShuttingDown()) {
            invocation
                    .error()
                    .println(
                            "uartnet: interrupted; on the device the code runs on until it ends or prints (uartnet reset ends it)");
        }
    }

    private void raised(RemoteException exception) {
        String traceback = exception.traceback().stripTrailing();
        if (!traceback.isEmpty()) {
            traceback.lines().map(Printable::line).forEach(invocation.error()::println);
        }
        if (!traceback.contains(exception.type())) {
            invocation.error().println("uartnet: " + Failure.text(exception));
        }
    }
}
