package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UartPortLocatorTest {
    private static final int SILICON_LABS = 0x10c4;
    private static final int FTDI = 0x0403;

    private List<UartPortInfo> ports = List.of();

    private static UartPortInfo port(String path, int vendor, String serialNumber) {
        return new UartPortInfo(path, "", "", vendor, vendor < 0 ? -1 : 0xea60, serialNumber);
    }

    private UartPortLocator named(String name) {
        return UartPortLocator.named(name, () -> ports);
    }

    @Test
    void aDeviceIsFoundUnderAnotherName() throws Exception {
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "A1"), port("/dev/ttyUSB1", SILICON_LABS, "B2"));
        UartPortLocator locator = named("/dev/ttyUSB0");
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
        ports = List.of(port("/dev/ttyUSB1", SILICON_LABS, "B2"), port("/dev/ttyUSB2", SILICON_LABS, "A1"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB2"));
        ports = List.of(port("/dev/ttyUSB1", SILICON_LABS, "A1"), port("/dev/ttyUSB0", SILICON_LABS, "B2"));
        // Two devices have changed their names: the device counts, not the name.
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB1"));
    }

    @Test
    void aDeviceThatIsNowhereMayBeReplacedUnderItsName() throws Exception {
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "A1"));
        UartPortLocator locator = named("/dev/ttyUSB0");
        locator.locate();
        ports = List.of();
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "C3"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
    }

    @Test
    void aPortWithoutSerialNumberHasItsNameOnly() throws Exception {
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, ""), port("/dev/ttyS0", -1, ""));
        UartPortLocator locator = named("/dev/ttyUSB0");
        locator.locate();
        ports = List.of(port("/dev/ttyUSB1", SILICON_LABS, ""), port("/dev/ttyS0", -1, ""));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
    }

    @Test
    void aPortThatIsNotListedHasItsNameOnly() throws Exception {
        UartPortLocator locator = named("/dev/pts/7");
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/pts/7"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/pts/7"));
    }

    @Test
    void aPortThatWasNotThereAtFirstIsRememberedWhenItIs() throws Exception {
        UartPortLocator locator = named("/dev/ttyUSB0");
        locator.locate();
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "A1"));
        locator.locate();
        ports = List.of(port("/dev/ttyUSB5", SILICON_LABS, "A1"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB5"));
    }

    @Test
    void anotherMakersSameNumberIsAnotherDevice() throws Exception {
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "0001"));
        UartPortLocator locator = named("/dev/ttyUSB0");
        locator.locate();
        ports = List.of(port("/dev/ttyUSB1", FTDI, "0001"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
    }

    @Test
    void severalWithTheSameNumberAreNeverGuessedAmong() throws Exception {
        ports = List.of(port("/dev/ttyUSB0", SILICON_LABS, "0001"), port("/dev/ttyUSB1", SILICON_LABS, "0001"));
        UartPortLocator named = named("/dev/ttyUSB0");
        assertThat(named.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
        assertThat(named.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
        assertThatThrownBy(() -> UartPortLocator.usb("0001", () -> ports).locate())
                .isInstanceOf(UartException.class)
                .hasMessageContaining("which port? 2 have the USB serial number 0001: /dev/ttyUSB0, /dev/ttyUSB1");
        ports = List.of(port("/dev/ttyUSB1", SILICON_LABS, "0001"), port("/dev/ttyUSB2", SILICON_LABS, "0001"));
        assertThatThrownBy(named::locate)
                .isInstanceOf(UartException.class)
                .hasMessageContaining("which port?")
                .hasMessageContaining("by-path");
    }

    @Test
    void bySerialNumber() throws Exception {
        UartPortLocator locator = UartPortLocator.usb("A1", () -> ports);
        assertThatThrownBy(locator::locate)
                .isInstanceOf(UartPortNotFoundException.class)
                .hasMessageContaining("A1")
                .hasMessageContaining("plugged in");
        ports = List.of(port("/dev/ttyUSB0", FTDI, "A1"), port("/dev/ttyUSB1", FTDI, "B2"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB0"));
        ports = List.of(port("/dev/ttyUSB3", FTDI, "A1"));
        assertThat(locator.locate()).isEqualTo(new UartAddress("/dev/ttyUSB3"));
    }

    @Test
    void aSymbolicLinkIsTheDeviceThatItLeadsTo(@TempDir Path folder) throws Exception {
        Path tty = Files.createFile(folder.toRealPath().resolve("ttyUSB0"));
        Path link = Files.createSymbolicLink(folder.resolve("by-id"), tty);
        ports = List.of(port(tty.toString(), SILICON_LABS, "A1"));
        UartPortLocator locator = named(link.toString());
        assertThat(locator.locate().portName()).isEqualTo(link.toString());
        Files.delete(link);
        ports = List.of(port("/dev/ttyUSB1", SILICON_LABS, "A1"));
        assertThat(locator.locate().portName()).isEqualTo("/dev/ttyUSB1");
    }
}
