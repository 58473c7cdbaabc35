package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.WINDOWS;

import dev.uartnet.transport.JSerialCommPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(WINDOWS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineCommandTest {
    @TempDir
    Path folder = Path.of("");

    private static UartPort open(Path link) throws IOException {
        UartPort port = new JSerialCommPort(link.toString());
        port.open(UartSettings.DEFAULT);
        return port;
    }

    private static void send(UartPort from, UartPort to, byte... bytes) throws IOException {
        from.write(bytes, 0, bytes.length);
        byte[] target = new byte[bytes.length];
        for (int done = 0; done < bytes.length; ) {
            done += to.read(target, done, bytes.length - done);
        }
        assertThat(target).isEqualTo(bytes);
    }

    @Test
    void itRunsUntilItIsInterrupted() throws Exception {
        Path linkA = folder.resolve("a");
        Path linkB = folder.resolve("b");
        String[] arguments = {"line", "--baud", "921600", "--seed", "5", linkA.toString(), linkB.toString()};
        try (CommandProcess command = CommandProcess.start(arguments)) {
            command.awaitOutput("seed: 5");
            for (byte user = 1; user <= 2; user++) {
                UartPort a = open(linkA);
                UartPort b = open(linkB);
                send(a, b, user, (byte) 7);
                send(b, a, user);
                a.close();
                b.close();
            }
            command.input("stall x\ncut\n\nfrobnicate\nunplug\nstats\n");
            command.awaitOutput("A to B: 4 bytes in, 4 out");
            UartPort a = open(linkA);
            a.write(new byte[100], 0, 100);
            a.close();
            command.input("unplug b\nstats\n");
            while (Files.exists(linkB, LinkOption.NOFOLLOW_LINKS)) {
                Thread.onSpinWait();
            }
            command.input("plug b\nrestore\nstall 1\n");
            while (!Files.exists(linkB)) {
                Thread.onSpinWait();
            }
            command.signal("INT");

            CommandProcess.Result result = command.await();
            assertThat(result.exitCode()).isEqualTo(130);
            assertThat(result.text().lines().findFirst())
                    .hasValue("line: " + linkA + " <-> " + linkB + ", 921,600 baud");
            assertThat(result.text())
                    .contains("A to B: 104 bytes in, 4 out, 100 lost to a cut")
                    .endsWith("B to A: 2 bytes in, 2 out" + System.lineSeparator());
            assertThat(result.errors().lines()).hasSize(3).allMatch(line -> line.startsWith("uartnet: "));
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void itEndsWhenItIsTold() throws Exception {
        Path linkA = folder.resolve("a");
        Path linkB = folder.resolve("b");
        Files.createSymbolicLink(linkA, Path.of("/dev/pts/left-by-a-killed-one"));
        try (CommandProcess command = CommandProcess.start(
                "line", "--byte-error", "1e-4", "--fifo", "64", "--rts-cts", linkA.toString(), linkB.toString())) {
            command.awaitOutput("seed: ");
            command.input("quit\n");

            CommandProcess.Result result = command.await();
            assertThat(result.errors()).isEmpty();
            assertThat(result.exitCode()).isZero();
            assertThat(result.text().lines().findFirst()).hasValueSatisfying(line -> assertThat(line)
                    .endsWith("speed as set by its users, byte error 1.0E-4, FIFO of 64 bytes with flow control"));
            assertThat(result.text()).endsWith("B to A: 0 bytes in, 0 out" + System.lineSeparator());
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void itOverwritesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "precious");

        InProcess command = InProcess.run("line", folder.resolve("a").toString(), file.toString());

        assertThat(command.exitCode()).isEqualTo(ExitCodes.LOCAL_FAILURE);
        assertThat(command.errors())
                .contains(file + " exists", "will not overwrite")
                .hasLineCount(1);
        assertThat(Files.readString(file)).isEqualTo("precious");
        assertThat(folder.resolve("a")).doesNotExist();
    }
}
