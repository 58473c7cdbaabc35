package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final OutputOption output = new OutputOption();

    FilesGetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        path = absolute(path);
        output.check();
    }

    @Override
    void run(Device device, DeviceFiles files) throws Exception {
        // Bytes of Java's own: nothing is left behind in queues when it is cancelled.
        Flux<byte[]> pieces = files.read(path).map(FilesGetCommand::bytes);
        try (Body body = output.open(invocation)) {
            Transfer.show(
                    invocation, -1, output.isTerminal(invocation), progress -> copy(device, pieces, body, progress));
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
