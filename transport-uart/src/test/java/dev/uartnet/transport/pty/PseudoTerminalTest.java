package dev.uartnet.transport.pty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.transport.JSerialCommPort;
import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the master can tell of the slave. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PseudoTerminalTest {
    private final PseudoTerminal terminal = open();
    private final LineEnd master = terminal.masterPort();

    private static PseudoTerminal open() {
        try {
            return PseudoTerminal.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        terminal.close();
    }

    private UartPort slave(int baud) throws IOException {
        UartPort port = new JSerialCommPort(terminal.slavePath());
        port.open(UartSettings.DEFAULT.withBaudRate(baud));
        return port;
    }

    @Test
    void theSpeedIsWhatTheSlavesUserHasSet() throws Exception {
        UartPort port = slave(9600);
        try {
            assertThat(terminal.baudRate()).isEqualTo(9600);
            for (int baud :
                    new int[] {115_200, 921_600, 3_000_000, 250_000, 1_234_567}) { // the last two have no constant
                port.configure(UartSettings.DEFAULT.withBaudRate(baud));

                assertThat(terminal.baudRate()).isEqualTo(baud);
                assertThat(master.farBaudRate()).isEqualTo(baud);
            }
        } finally {
            port.close();
        }
        assertThat(terminal.baudRate()).as("kept while nobody has it open").isEqualTo(1_234_567);
        terminal.close();
        assertThat(terminal.baudRate()).isZero();
    }

    @Test
    void unreadIsWhatTheSlavesUserHasNotRead() throws Exception {
        UartPort port = slave(115_200);
        try {
            assertThat(master.farUnread()).isZero();
            assertThat(master.write(new byte[100], 0, 100)).isEqualTo(100);
            while (master.farUnread() < 100) {
                Thread.onSpinWait(); // the kernel passes them on by another thread
            }
            assertThat(port.read(new byte[60], 0, 60)).isEqualTo(60);

            assertThat(master.farUnread()).isEqualTo(40);
        } finally {
            port.close();
        }
    }
}
