package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does with a device's Wi-Fi, pins, clock and files; the same for every kind of device that allows everything. */
abstract class BoardContract {
    @TempDir
    Path folder = Path.of("");

    /** The port of a device that lives for the whole test. */
    abstract String port();

    /** A network in reach that has a password. */
    abstract String ssid();

    abstract String password();

    InProcess run(String... args) {
        return runWithInput("", args);
    }

    InProcess runWithInput(String input, String... args) {
        return InProcess.runWithInput(
                input,
                Stream.concat(Arrays.stream(args), Stream.of("--port", port())).toArray(String[]::new));
    }

    private String done(InProcess command) {
        assertThat(command.errors()).isEmpty();
        assertThat(command.exitCode()).isZero();
        return command.output();
    }

    private String done(String... args) {
        return done(run(args));
    }

    private String refused(InProcess command) {
        assertThat(command.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(command.errors()).startsWith("uartnet: ").hasLineCount(1);
        return command.errors();
    }

    @Test
    void networksAreATable() {
        assertThat(done("wifi", "scan").lines())
                .anyMatch(line -> line.matches("NETWORK +SIGNAL +CHANNEL +SECURITY +ACCESS POINT"))
                .anyMatch(line -> line.matches(ssid() + " +-[0-9]+ +6 +WPA2 +([0-9a-f]{2}:){5}[0-9a-f]{2}"));
    }

    @Test
    void aNetworkIsJoined() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), password() + "\nnot this\n");
        InProcess joined = run("wifi", "connect", ssid(), "--password-file", file.toString());
        assertThat(done(joined)).startsWith("connected to \"" + ssid() + "\" (127.0.0.1, ");

        InProcess piped = runWithInput(password() + "\n", "wifi", "connect", ssid(), "--password-file", "-");
        assertThat(done(piped)).startsWith("connected to");
        assertThat(done("wifi", "connect", ssid(), "--password", password())).startsWith("connected to");
    }

    @Test
    void thePasswordIsShownNowhere() {
        String wrong = "not the right one";
        InProcess failed = InProcess.run(
                Map.of(PasswordOptions.VARIABLE, wrong), "wifi", "connect", ssid(), "--verbose", "--port", port());

        assertThat(failed.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(failed.errors())
                .contains("cannot join the Wi-Fi network \"" + ssid() + "\": wrong password")
                .doesNotContain(wrong);
        assertThat(refused(run("wifi", "connect", "no-such-network", "--password", wrong, "--timeout", "5")))
                .contains("no-such-network")
                .doesNotContain(wrong);
    }

    @Test
    void theStatusHasLabels() {
        assertThat(done("wifi", "status")).contains("state:    ", "hostname: ", "mac:      ");
        assertThat(done("wifi", "hostname")).hasLineCount(1);
    }

    @Test
    void whatIsNotSavedCannotBeForgotten() {
        assertThat(refused(run("wifi", "forget", "no-such-network"))).contains("\"no-such-network\" is not saved");
    }

    @Test
    void pinsAreReadAndWritten() {
        assertThat(done("pin", "2", "write", "1")).isEmpty();
        assertThat(done("pin", "2", "write", "0")).isEmpty();
        assertThat(done("pin", "5", "read", "--pull", "up").strip()).isEqualTo("1");
        assertThat(done("pin", "5", "read", "--pull", "down").strip()).isEqualTo("0");
        assertThat(done("pin", "18", "pwm", "1000", "25%").strip()).isEqualTo("1000 Hz, 25.0%");
        assertThat(done("pin", "18", "pwm", "--off")).isEmpty();
        refused(run("pin", "no-such-pin", "read"));
    }

    @Test
    void voltagesAreMeasured() {
        assertThat(done("pin", "34", "adc")).matches(" *[0-9]+  [0-9.]+ V\\R");
        assertThat(done("pin", "34", "adc", "--every", "0.02", "--count", "3").lines())
                .hasSize(3)
                .allMatch(line -> line.matches("[0-9]+\\.[0-9]{6}   *[0-9]+  [0-9.]+ V"));
    }

    @Test
    void theClockIsSet() {
        assertThat(done("clock", "set", "2030-01-02T03:04:05+01:00")).startsWith("2030-01-02T02:04:05");
        assertThat(done("clock", "set")).matches("20[0-9-]+T[0-9:.]+Z\\R");
    }

    @Test
    void aFileGoesToTheDeviceAndBack() throws Exception {
        byte[] bytes = WebServer.content(20_000);
        Path file = Files.write(folder.resolve("file.bin"), bytes);
        Path back = folder.resolve("back.bin");

        assertThat(done("files", "put", file.toString(), "/cli/")).isEmpty();
        assertThat(done("files", "ls", "cli")).containsPattern("(?m)^20000  \\S+ +file.bin$");
        assertThat(done("files", "list", "/")).containsPattern("(?m) cli/$");
        assertThat(done("files", "get", "/cli/file.bin", "-o", back.toString())).isEmpty();
        assertThat(back).hasBinaryContent(bytes);
        assertThat(done("files", "rm", "/cli/file.bin")).isEmpty();
        assertThat(refused(run("files", "get", "/cli/file.bin", "-o", back.toString())))
                .contains("/cli/file.bin: no such file on the device");
        assertThat(back).hasBinaryContent(bytes);
        done("files", "remove", "cli");
    }

    @Test
    void standardInputAndOutputAreFilesToo() {
        assertThat(done(runWithInput("größer\n", "files", "put", "-", "text"))).isEmpty();
        assertThat(done("files", "get", "text")).isEqualTo("größer\n");
        done("files", "remove", "text");
    }

    @Test
    void aFileOfThisMachineThatIsNotThereIsALocalFailure() {
        String missing = folder.resolve("missing").toString();
        InProcess put = run("files", "put", missing, "/x");

        assertThat(put.exitCode()).isEqualTo(ExitCodes.LOCAL_FAILURE);
        assertThat(put.errors()).isEqualToIgnoringNewLines("uartnet: cannot read " + missing + ": no such file");
    }

    @Test
    void aResetDeviceAnswersAgain() {
        assertThat(done("reset")).matches("\\S+ answers again after [0-9.]+ s \\(reset: hard\\)\\R");
        assertThat(done("reset", "--soft")).contains("(reset: soft)");
    }

    @Test
    void aPortWithoutControlLinesCannotResetTheDevice() {
        InProcess reset = run("reset", "--line");

        assertThat(reset.exitCode()).isEqualTo(ExitCodes.PORT_UNAVAILABLE);
        assertThat(reset.errors()).contains(port()).hasLineCount(1);
    }

    @Test
    void codeThatIsTooLongIsSaid() throws Exception {
        Path file = Files.writeString(folder.resolve("long.py"), "#".repeat(16_385), StandardCharsets.UTF_8);
        InProcess exec = run("exec", file.toString());

        assertThat(exec.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(exec.errors())
                .contains("the code has 16385 bytes", "uartnet files put")
                .hasLineCount(1);
    }
}
