package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.transport.JSerialCommPort;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPortLostException;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PluggablePortTest {
    @TempDir
    Path folder = Path.of("");

    private static UartPort user(PluggablePort port) throws IOException {
        UartPort user = new JSerialCommPort(port.path().toString());
        user.open(UartSettings.DEFAULT.withBaudRate(921_600));
        return user;
    }

    private static byte[] read(UartPort port, int length) throws IOException {
        byte[] target = new byte[length];
        for (int done = 0; done < length; ) {
            done += port.read(target, done, length - done);
        }
        return target;
    }

    private boolean linkExists(Path link) {
        return Files.exists(link, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void itsUserLosesItAndFindsItAgainUnderTheSameName() throws Exception {
        Path path = folder.resolve("usb-adapter");
        try (PluggablePort port = PluggablePort.at(path)) {
            UartPort before = user(port);
            assertThat(port.farBaudRate()).isEqualTo(921_600);
            before.write(new byte[] {1, 2}, 0, 2);
            assertThat(read(port, 2)).containsExactly(1, 2);

            port.unplug();
            assertThat(port.isPlugged()).isFalse();
            assertThat(linkExists(path)).isFalse();
            assertThatThrownBy(() -> read(before, 1)).isInstanceOf(UartPortLostException.class);
            before.close();
            assertThat(port.write(new byte[7], 0, 7)).as("lost").isEqualTo(7);
            assertThat(port.farUnread()).isZero();
            CompletableFuture<byte[]> next = CompletableFuture.supplyAsync(() -> {
                try {
                    return read(port, 1);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            port.plug();
            UartPort after = user(port);
            after.write(new byte[] {3}, 0, 1);
            assertThat(next.get()).containsExactly(3);
            port.write(new byte[] {4}, 0, 1);
            assertThat(read(after, 1)).containsExactly(4);
            after.close();
        }
        assertThat(linkExists(path)).isFalse();
    }

    @Test
    void itMayComeBackUnderAnotherName() throws Exception {
        try (PluggablePort port = PluggablePort.at(folder.resolve("usb0"))) {
            port.unplug();
            port.plug(folder.resolve("usb1"));

            assertThat(port.path()).isEqualTo(folder.resolve("usb1"));
            assertThat(linkExists(folder.resolve("usb0"))).isFalse();
            user(port).close();
        }
    }

    @Test
    void aReaderReturnsWhenAPortThatIsOutIsClosed() throws Exception {
        PluggablePort port = PluggablePort.at(folder.resolve("usb"));
        port.unplug();
        CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
            try {
                return port.read(new byte[1], 0, 1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        port.close();

        assertThat(read.get()).isEqualTo(-1);
        assertThat(port.write(new byte[1], 0, 1)).isEqualTo(-1);
        assertThatThrownBy(() -> port.open(UartSettings.DEFAULT)).isInstanceOf(UartException.class);
        port.plug();
        assertThat(port.isPlugged()).isFalse();
    }

    @Test
    void whatAKilledOneHasLeftIsReplacedAndNothingElse() throws Exception {
        Path stale = folder.resolve("stale");
        try (PseudoTerminal other = PseudoTerminal.open()) {
            Files.createSymbolicLink(stale, Path.of(other.slavePath()));
            PluggablePort.at(stale).close();
        }
        Files.createSymbolicLink(stale, Path.of("/dev/pts/no-such"));
        PluggablePort.at(stale).close();
        assertThat(linkExists(stale)).isFalse();

        Path file = Files.writeString(folder.resolve("file"), "precious");
        Path toFile = Files.createSymbolicLink(folder.resolve("to-file"), file);
        for (Path taken : new Path[] {file, toFile, folder}) {
            assertThatThrownBy(() -> PluggablePort.at(taken))
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining(taken + " exists");
        }
        assertThat(Files.readString(toFile)).isEqualTo("precious");
    }

    @Test
    void aNameThatSomebodyElseHasTakenIsLeftAlone() throws Exception {
        Path path = folder.resolve("usb");
        PluggablePort first = PluggablePort.at(path);
        try (PluggablePort second = PluggablePort.at(path)) {
            first.close();

            assertThat(second.path()).exists();
        }
    }

    @Test
    void aLineAndItsOtherEndLiveOn() throws Exception {
        try (PluggablePort host = PluggablePort.at(folder.resolve("host"));
                PluggablePort device = PluggablePort.at(folder.resolve("device"));
                SerialLine line = SerialLine.between(host, device).start()) {
            UartPort deviceUser = user(device);
            for (byte round = 0; round < 3; round++) {
                UartPort hostUser = user(host);
                hostUser.write(new byte[] {round}, 0, 1);
                assertThat(read(deviceUser, 1)).containsExactly(round);
                deviceUser.write(new byte[] {9, round}, 0, 2);
                assertThat(read(hostUser, 2)).containsExactly(9, round);
                host.unplug();
                hostUser.close();
                host.plug();
            }
            deviceUser.close();
            assertThat(line.toB().counters().bytesOut()).isEqualTo(3);
        }
    }
}
