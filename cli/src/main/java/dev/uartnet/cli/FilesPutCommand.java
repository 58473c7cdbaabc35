package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/** {@code uartnet files put FILE PATH}. */
@CommandLine.Command(
        name = "put",
        description = {
            "Writes a file to the device, or another one in its place, which is replaced as a whole or not at all. Directories that lack "
                    + "are made.",
            "A new /uartnet.json, which replaces the old one with all its keys, is heeded from the next start on: uartnet reset.",
            "Progress is shown on a terminal only, on standard error."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet files put sensor.py /lib/",
            "  uartnet files get /uartnet.json -o uartnet.json      # then edit it: passwords stay where it says ***",
            "  uartnet files put uartnet.json /",
            "  uartnet reset"
        })
final class FilesPutCommand extends FilesCommand {
    private static final int PIECE_BYTES = 4096;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file on this machine ('-': standard input).")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "The file on the device; with / at its end a directory, in which the file keeps its name.")
    private String path = "";

    FilesPutCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException, IOException {
        path = absolute(path);
        InputFile input = InputFile.of(file);
        if (path.endsWith("/")) {
            if (input.isStandardInput()) {
                throw new UsageException("standard input has no name: PATH must be a file, not " + path);
            }
            path += file.getFileName();
        }
        // Says now if it cannot be read.
        input.open(invocation).close();
    }

    @Override
    void run(Device device, DeviceFiles files) throws Exception {
        InputFile input = InputFile.of(file);
        Transfer.show(
                invocation,
                input.size(),
                input.isStandardInput() && invocation.terminal().input(),
                progress -> device.await(files.write(path, pieces(input, progress))));
    }

    /** What is read blocks: on a thread of its own. */
    private Flux<ByteBuf> pieces(InputFile input, LongConsumer progress) {
        long[] read = {0};
        return Flux.<ByteBuf, InputStream>generate(
                        () -> input.open(invocation),
                        (stream, sink) -> {
                            byte[] piece = next(input, stream, sink);
                            read[0] += piece.length;
                            progress.accept(read[0]);
                            return stream;
                        },
                        FilesPutCommand::close)
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static byte[] next(InputFile input, InputStream stream, SynchronousSink<ByteBuf> sink) {
        byte[] piece = new byte[0];
        try {
            piece = stream.readNBytes(PIECE_BYTES);
        } catch (IOException e) {
            sink.error(input.failure(e));
            return piece;
        }
        if (piece.length == 0) {
            sink.complete();
        } else {
            sink.next(Unpooled.wrappedBuffer(piece));
        }
        return piece;
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException nothingWasWrittenToIt) {
            // All that was wanted of it has been read.
        }
    }
}
