package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the simulator that {@code --port sim} means, but one that outlives a command, on a pseudo terminal. */
class SimulatorBoardCommandTest extends BoardContract {
    private VirtualEsp32 device = SimulatedDevice.start();
    private String port = "";

    @BeforeEach
    void serve() throws Exception {
        port = device.servePty();
    }

    @AfterEach
    void end() {
        device.close();
    }

    @Override
    String port() {
        return port;
    }

    @Override
    String ssid() {
        return SimulatedDevice.SSID;
    }

    @Override
    String password() {
        return SimulatedDevice.PASSWORD;
    }

    @Test
    void networksAreSavedAndForgotten() {
        InProcess.run("wifi", "connect", ssid(), "--password", password(), "--save", "--port", port);
        assertThat(InProcess.run("wifi", "networks", "--port", port).output().strip())
                .isEqualTo(ssid());
        assertThat(InProcess.run("wifi", "disconnect", "--port", port).exitCode())
                .isZero();
        assertThat(InProcess.run("wifi", "connect", "--port", port).output())
                .startsWith("connected to \"" + ssid() + "\"");
        assertThat(InProcess.run("wifi", "forget", ssid(), "--port", port).exitCode())
                .isZero();
        assertThat(InProcess.run("wifi", "networks", "--port", port).output()).isEmpty();
    }

    @Test
    void aMeasurementWithoutWifiSaysHowToJoin() {
        InProcess.run("wifi", "disconnect", "--port", port);
        InProcess bench = InProcess.run("bench", "--pings", "2", "--port", port);

        assertThat(bench.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(bench.output()).contains("round trips: 2");
        assertThat(bench.errors())
                .startsWith("uartnet: the device cannot ")
                .contains(": The device has no network", "uartnet wifi connect SSID")
                .hasLineCount(1);
    }

    @Test
    void anAccessPointIsOffered() {
        assertThat(InProcess.run("wifi", "access-point", "mine", "--password", "12345678", "--port", port)
                        .output())
                .contains("offers:   mine, ")
                .doesNotContain("12345678");
        assertThat(InProcess.run("wifi", "access-point", "--stop", "--port", port)
                        .output())
                .doesNotContain("offers:");
    }

    @Test
    void edgesAreToldUntilThereAreEnough() throws Exception {
        try (CommandProcess watch =
                CommandProcess.start("pin", "4", "watch", "--edge", "rising", "--count", "2", "--port", port)) {
            while (watch.isAlive()) {
                device.pins().drive(4, false);
                device.pins().drive(4, true);
                Thread.sleep(5); // the pace of the signal
            }
            CommandProcess.Result result = watch.await();
            assertThat(result.exitCode()).isZero();
            assertThat(result.text().lines())
                    .hasSize(2)
                    .allMatch(line -> line.matches("[0-9]+\\.[0-9]{6}  rising   1"));
        }
    }

    @Test
    void aWatchEndsWithCtrlC() throws Exception {
        try (CommandProcess samples = CommandProcess.start("pin", "34", "adc", "--every", "0.01", "--port", port)) {
            samples.awaitOutput(200);
            samples.signal("INT");

            CommandProcess.Result result = samples.await();
            assertThat(result.errors().lines()).allMatch(SimulatorBoardCommandTest::tellsOfLoss);
            assertThat(result.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void aClosedOutputEndsAStream() throws Exception {
        try (CommandProcess samples =
                CommandProcess.startIntoHead(100, "pin", "34", "adc", "--every", "0.01", "--port", port)) {
            CommandProcess.Result result = samples.await();

            assertThat(result.errors().lines()).allMatch(SimulatorBoardCommandTest::tellsOfLoss);
            assertThat(result.exitCode()).isEqualTo(ExitCodes.OUTPUT_CLOSED);
        }
    }

    /** A busy machine may be late. */
    private static boolean tellsOfLoss(String line) {
        return line.matches("uartnet: [0-9]+ samples? lost");
    }

    @Test
    void theSimulatorOfTheCommandIsThatBoard() {
        for (String line :
                new String[] {"wifi scan", "wifi status", "pin 4 read", "clock get", "files list", "reset"}) {
            InProcess command = InProcess.run((line + " --port sim").split(" "));

            assertThat(command.errors()).as(line).isEmpty();
            assertThat(command.exitCode()).as(line).isZero();
            assertThat(command.output()).as(line).isNotEmpty();
        }
        InProcess exec = InProcess.run("exec", "-e", "print(1)", "--port", "sim");
        assertThat(exec.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(exec.errors())
                .contains("the simulator runs no Python", "esp32/unix/run")
                .hasLineCount(1);
    }

    @Test
    void whatIsNotAllowedSaysWhatWouldAllowIt() throws Exception {
        try (VirtualEsp32 strict = VirtualEsp32.builder().allow("sockets").build()) {
            String port = strict.servePty();
            for (String line : new String[] {"wifi scan", "pin 4 read", "clock set", "files list"}) {
                InProcess command = InProcess.run((line + " --port " + port).split(" "));

                assertThat(command.exitCode()).as(line).isEqualTo(ExitCodes.REMOTE_FAILURE);
                assertThat(command.errors())
                        .as(line)
                        .contains("does not allow", "\"allow\" of /uartnet.json")
                        .hasLineCount(1);
            }
            assertThat(InProcess.run("info", "--port", port).output()).contains("allow:    sockets");
        }
    }
}
