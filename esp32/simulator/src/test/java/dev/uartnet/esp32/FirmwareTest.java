package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process around the firmware; what the firmware itself does is in the conformance suite. */
class FirmwareTest {
    @TempDir
    Path folder;

    @Test
    void runsUntilItIsClosed() throws Exception {
        script("ln -s /dev/null \"$2\"; exec sleep 100");
        Firmware firmware = start(Firmware.builder());

        assertThat(firmware.isAlive()).isTrue();
        assertThat(Files.isSymbolicLink(Path.of(firmware.path()))).isTrue();
        ProcessHandle process = ProcessHandle.of(firmware.pid()).orElseThrow();
        firmware.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(Path.of(firmware.path())).doesNotExist();
    }

    @Test
    void getsItsOptionsAndEnvironment() throws Exception {
        script("echo \"$1 $3 $4 $5 $6 $UARTNET_DNS\" >&2; exit 1");

        assertThatThrownBy(
                        () -> start(Firmware.builder().bits(32).heap("110k").environment("UARTNET_DNS", "127.0.0.1:5")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--pty --bits 32 --heap 110k 127.0.0.1:5");
    }

    @Test
    void aFailedStartSaysWhatItSaid() throws IOException {
        script("echo 'MemoryError: too small' >&2; exit 7");

        assertThatThrownBy(() -> start(Firmware.builder()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("exit code 7")
                .hasMessageContaining("MemoryError: too small");
    }

    @Test
    void withoutMicroPythonItSaysWhatToDo() throws IOException {
        script("echo 'get-micropython: install MicroPython yourself' >&2; exit 1");

        assertThatThrownBy(() -> start(Firmware.builder()))
                .isInstanceOf(FirmwareMissingException.class)
                .hasMessageContaining("install MicroPython yourself");
    }

    @Test
    void withoutACheckoutItSaysWhatToSet() {
        assertThatThrownBy(() -> start(Firmware.builder()))
                .isInstanceOf(FirmwareMissingException.class)
                .hasMessageContaining("uartnet.root");
    }

    @Test
    void aTtyThatIsServedMayBeGoneLater() throws Exception {
        script("echo \"$1 $2\" >&2; exit 1");
        try (PseudoTerminal terminal = PseudoTerminal.open()) {
            Firmware firmware = inFolder(() -> Firmware.builder().start(Path.of(terminal.slavePath())));

            ProcessHandle.of(firmware.pid())
                    .ifPresent(process ->
                            process.onExit().orTimeout(10, TimeUnit.SECONDS).join());

            assertThat(firmware.path()).isEqualTo(terminal.slavePath());
            firmware.close();
            assertThat(firmware.isAlive()).isFalse();
        }
    }

    private void script(String body) throws IOException {
        Path run = folder.resolve("esp32/unix/run");
        Files.createDirectories(run.getParent());
        Files.writeString(run, "#!/bin/sh\n" + body + "\n");
        assertThat(run.toFile().setExecutable(true)).isTrue();
    }

    private Firmware start(Firmware.Builder builder) throws IOException {
        return inFolder(builder::start);
    }

    private interface Start {
        Firmware start() throws IOException;
    }

    private Firmware inFolder(Start start) throws IOException {
        String root = System.setProperty(Firmware.ROOT_PROPERTY, folder.toString());
        try {
            return start.start();
        } finally {
            System.setProperty(Firmware.ROOT_PROPERTY, root == null ? "" : root);
        }
    }
}
