package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole path of the demonstration: host, pty, line with a speed, pty, firmware, network. */
@Timeout(60)
class FirmwareBehindALineTest {
    static {
        Leaks.watch();
    }

    private static final int BAUD = 3_000_000;

    @Test
    void bytesPassAtTheSpeedOfTheLine() throws Exception {
        byte[] content = Peer.content(100_000);
        try (PseudoTerminal hostEnd = PseudoTerminal.open();
                PseudoTerminal deviceEnd = PseudoTerminal.open();
                SerialLine line = SerialLine.between(hostEnd.masterPort(), deviceEnd.masterPort())
                        .baud(BAUD)
                        .start();
                Firmware firmware = start(deviceEnd);
                Device device = Device.onPath(hostEnd.slavePath());
                Host host = new Host(device);
                Peer peer = new Peer()) {
            peer.echo();
            HostChannel channel = host.connect(0, peer.port(), 16_384);
            channel.grantBack();
            long begun = System.nanoTime();

            channel.send(content);
            channel.sendEof();

            assertThat(channel.receiveAll()).isEqualTo(content);
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
            assertThat(System.nanoTime() - begun).isGreaterThan(content.length * 10L * 1_000_000_000L / BAUD);
            assertThat(line.toB().counters().bytesOut()).isGreaterThan(content.length);
            assertThat(line.toA().counters().bytesOut()).isGreaterThan(content.length);
            assertThat(firmware.isAlive()).as(firmware.errorOutput()).isTrue();
        }
        Leaks.assertNone();
    }

    private static Firmware start(PseudoTerminal terminal) throws IOException {
        try {
            Firmware.builder().bits(64).start().close(); // or there is no MicroPython
            return Firmware.builder().bits(64).start(Path.of(terminal.slavePath()));
        } catch (FirmwareMissingException e) {
            throw DeviceKind.missing(e);
        }
    }
}
