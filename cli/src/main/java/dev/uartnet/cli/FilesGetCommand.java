package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** {@code uartnet files get PATH}. */
@CommandLine.Command(
        name = "get",
        description = {
            "Reads a file of the device, to standard output or a file.",
            "Progress is shown on a terminal only, on standard error."
        })
final class FilesGetCommand extends FilesCommand {
    @Parameters(paramLabel = "PATH", description = "The file on the device, such as /uartnet.json.")
    private String path = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, which appears only when it is whole ('-': standard output).")
    private @Nullable Path file;

    FilesGetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        path = absolute(path);
        Body.check(file);
    }

    @Override
    void run(Device device, DeviceFiles files) throws Exception {
        // Bytes of Java's own: nothing is left behind in queues when it is cancelled.
        Flux<byte[]> pieces = files.read(path).map(FilesGetCommand::bytes);
        boolean toTerminal =
                Body.isStandardOutput(file) && invocation.terminal().output();
        try (Body body = Body.of(file, invocation)) {
            transfer(-1, toTerminal, progress -> copy(device, pieces, body, progress));
            body.complete();
        }
    }

    private static void copy(Device device, Flux<byte[]> pieces, Body body, LongConsumer progress) throws Exception {
        long[] received = {0};
        device.each(pieces, piece -> {
            body.write(piece);
            received[0] += piece.length;
            progress.accept(received[0]);
        });
    }

    private static byte[] bytes(ByteBuf piece) {
        try {
            return ByteBufUtil.getBytes(piece);
        } finally {
            piece.release();
        }
    }
}
