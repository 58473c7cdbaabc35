package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPorts;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Ports that cannot be opened, and lines with nobody, or somebody else, at their other end. */
class PortFailureTest {
    private static final String TIMEOUT = "1";

    @Test
    void aMissingPortIsNamedAndTheOthersAreListed() throws Exception {
        CommandProcess.Result result = CommandProcess.run("info", "--port", "/dev/no-such-port");

        assertThat(result.exitCode()).isEqualTo(ExitCodes.PORT_UNAVAILABLE);
        assertThat(result.errors())
                .startsWith("uartnet: cannot open /dev/no-such-port: no such port")
                .hasLineCount(1);
        UartPorts.list().forEach(port -> assertThat(result.errors()).contains(port.systemPath()));
    }

    @Test
    void whatIsNoSerialDeviceIsToldApart() throws Exception {
        CommandProcess.Result result = CommandProcess.run("info", "--port", "/dev/null");

        assertThat(result.exitCode()).isEqualTo(ExitCodes.PORT_UNAVAILABLE);
        assertThat(result.errors()).contains("/dev/null", "not a serial port").hasLineCount(1);
    }

    @Test
    void aPortInUseIsToldApart() throws Exception {
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            String port = device.servePty();
            try (CommandProcess user = CommandProcess.start("ping", "--count", "0", "--port", port)) {
                user.awaitOutput(1);

                CommandProcess.Result result = CommandProcess.run("info", "--port", port);

                assertThat(result.exitCode()).isEqualTo(ExitCodes.PORT_UNAVAILABLE);
                assertThat(result.errors()).contains(port, "in use").hasLineCount(1);
            }
        }
    }

    @Test
    void aSilentLineIsToldApart() throws Exception {
        try (PseudoTerminal line = PseudoTerminal.open()) {
            CommandProcess.Result result = CommandProcess.run("info", "--timeout", TIMEOUT, "--port", line.slavePath());

            assertThat(result.exitCode()).isEqualTo(ExitCodes.NO_DEVICE);
            assertThat(result.errors())
                    .startsWith("uartnet: the device does not answer: not one byte came")
                    .hasLineCount(1);
        }
    }

    @Test
    void garbageIsToldApart() throws Exception {
        byte[] bootLog = "rst:0x1 (POWERON_RESET),boot:0x13\r\n\u00c0\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        CommandProcess.Result result = answered(received -> bootLog);

        assertThat(result.exitCode()).isEqualTo(ExitCodes.NO_DEVICE);
        assertThat(result.errors())
                .startsWith("uartnet: what answers is not the uartnet firmware, or not at this speed")
                .hasLineCount(1);
    }

    @Test
    void anEchoIsToldApart() throws Exception {
        CommandProcess.Result result = answered(received -> received);

        assertThat(result.exitCode()).isEqualTo(ExitCodes.NO_DEVICE);
        assertThat(result.errors()).startsWith("uartnet: the line echoes").hasLineCount(1);
    }

    /** Somebody who is no uartnet device. */
    private interface Answer {
        byte[] to(byte[] received);
    }

    private static CommandProcess.Result answered(Answer answer) throws Exception {
        CompletableFuture<Void> device;
        CommandProcess.Result result;
        try (PseudoTerminal line = PseudoTerminal.open()) {
            UartPort port = line.masterPort();
            port.open(UartSettings.DEFAULT);
            device = CompletableFuture.runAsync(() -> answerAll(port, answer));
            result = CommandProcess.run("info", "--timeout", TIMEOUT, "--port", line.slavePath());
        }
        device.join();
        return result;
    }

    private static void answerAll(UartPort port, Answer answer) {
        byte[] buffer = new byte[1024];
        try {
            int count;
            while ((count = port.read(buffer, 0, buffer.length)) >= 0) {
                byte[] bytes = count == 0 ? new byte[0] : answer.to(Arrays.copyOf(buffer, count));
                for (int done = 0; done < bytes.length; ) {
                    int written = port.write(bytes, done, bytes.length - done);
                    if (written < 0) {
                        return;
                    }
                    done += written;
                }
            }
        } catch (IOException gone) {
            // The test is over.
        }
    }
}
