package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With the real firmware on MicroPython, which also runs Python for a host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirmwareBoardCommandTest extends BoardContract {
    private final Firmware.Builder builder =
            Firmware.builder().environment("UARTNET_ALLOW", "everything").environment("UARTNET_RADIO", "1");

    private AutoCloseable running = () -> {};
    private String port = "";

    @BeforeAll
    void start() throws Exception {
        Firmware firmware = MicroPython.start(builder);
        running = firmware;
        port = firmware.path();
    }

    @AfterAll
    void end() throws Exception {
        running.close();
    }

    @Override
    String port() {
        return port;
    }

    @Override
    String ssid() {
        return "uartnet";
    }

    @Override
    String password() {
        return "correct horse";
    }

    @Test
    void whatCodePrintsIsPrinted() throws Exception {
        InProcess exec = run("exec", "-e", "print('größer', 1)\nfor i in range(300): print(i)");
        assertThat(exec.errors()).isEmpty();
        assertThat(exec.exitCode()).isZero();
        assertThat(exec.output())
                .startsWith("größer 1\n0\n1\n")
                .endsWith("298\n299\n")
                .hasLineCount(301);

        assertThat(runWithInput("print(6 * 7)", "exec", "-").output()).isEqualTo("42\n");
        Path file = Files.writeString(folder.resolve("code.py"), "print('from a file')\n");
        assertThat(run("exec", file.toString()).output()).isEqualTo("from a file\n");
    }

    @Test
    void anExceptionIsATracebackAndExitCode5() {
        InProcess exec = run("exec", "-e", "print('before')\nraise ValueError('bad value')");

        assertThat(exec.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(exec.output()).isEqualTo("before\n");
        assertThat(exec.errors())
                .startsWith("Traceback (most recent call last):")
                .contains("line 2")
                .endsWith("ValueError: bad value" + System.lineSeparator());
    }

    @Test
    void codeOfMoreThanAFrameRuns() throws Exception {
        Path file = Files.writeString(folder.resolve("long.py"), "# a comment\n".repeat(1000) + "print('end')\n");

        assertThat(run("exec", file.toString()).output()).isEqualTo("end\n");
    }

    @Test
    void printsComeWhileTheCodeRunsAndCtrlCEndsTheCommand() throws Exception {
        try (CommandProcess exec = CommandProcess.start(
                "exec", "-e", "import time\nwhile True:\n print('tick')\n time.sleep_ms(20)", "--port", port)) {
            exec.awaitOutput("tick\ntick\n");
            exec.signal("INT");

            CommandProcess.Result result = exec.await();
            assertThat(result.exitCode()).isEqualTo(130);
            assertThat(result.errors())
                    .isEqualToIgnoringNewLines(
                            "uartnet: interrupted; on the device the code runs on until it ends or prints (uartnet reset ends it)");
        }
        assertThat(run("exec", "-e", "print('free again')").output()).isEqualTo("free again\n");
    }

    @Test
    void codeThatTakesTooLongIsSaid() {
        InProcess exec = run("exec", "-e", "import time\ntime.sleep(2)\nprint('late')", "--timeout", "1");

        assertThat(exec.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(exec.errors()).contains("the code has not ended in time").hasLineCount(1);
    }

    @Test
    void codeIsNotAllowedUnlessTheDeviceSaysSo() throws Exception {
        try (Firmware strict = MicroPython.start(Firmware.builder())) {
            InProcess exec = InProcess.run("exec", "-e", "print(1)", "--port", strict.path());

            assertThat(exec.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            assertThat(exec.errors()).contains("exec", "/uartnet.json").hasLineCount(1);
        }
    }
}
