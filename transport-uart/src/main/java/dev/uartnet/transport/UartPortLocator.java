package dev.uartnet.transport;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the port of one device again and again, also when it has got another name meanwhile: an adapter that was plugged in again is
 * {@code /dev/ttyUSB1} where it was {@code /dev/ttyUSB0}, and COM7 where it was COM3.
 *
 * <p>Either the device is named by its USB serial number; or by its port's name, and then its USB serial number, if it has one, is
 * remembered as soon as that name has been located once.
 *
 * <p>Serial numbers are as good as their makers: ESP32 boards with a CH340 have none, many with a CP2102 all have {@code 0001}, and an adapter
 * with several ports (FT2232H) has one for all of them. So a port is never taken by a serial number that several ports have.
 * {@code /dev/serial/by-path/...}, as a name, tells such boards apart by the socket that they are plugged into.
 *
 * <p>All methods may be called from any thread.
 */
public final class UartPortLocator {
    private final Supplier<List<UartPortInfo>> ports;
    private final @Nullable String name;
    private volatile @Nullable Usb device;
    /** Whether the named port has been looked at. */
    private volatile boolean seen;

    /** What a USB device is recognised by; -1: any vendor, any product. */
    private record Usb(String serialNumber, int vendorId, int productId) {
        boolean is(UartPortInfo port) {
            return port.serialNumber().equals(serialNumber)
                    && (vendorId < 0 || (port.vendorId() == vendorId && port.productId() == productId));
        }
    }

    private UartPortLocator(Supplier<List<UartPortInfo>> ports, @Nullable String name, @Nullable Usb device) {
        this.ports = Objects.requireNonNull(ports);
        this.name = name;
        this.device = device;
    }

    /**
     * Locates by name at first.
     *
     * @param portName {@code /dev/ttyUSB0}, {@code COM3}, or a symbolic link, which is followed anew each time
     * @param ports the ports that exist now: {@link UartPorts#list}
     */
    public static UartPortLocator named(String portName, Supplier<List<UartPortInfo>> ports) {
        return new UartPortLocator(ports, new UartAddress(portName).portName(), null);
    }

    /**
     * Locates by USB serial number.
     *
     * @param serialNumber as {@link UartPortInfo#serialNumber} tells it
     * @param ports the ports that exist now: {@link UartPorts#list}
     */
    public static UartPortLocator usb(String serialNumber, Supplier<List<UartPortInfo>> ports) {
        if (serialNumber.isBlank()) {
            throw new IllegalArgumentException("the USB serial number is empty");
        }
        return new UartPortLocator(ports, null, new Usb(serialNumber, -1, -1));
    }

    /**
     * Returns the port's present address. Blocks as the list of ports does: not for an event loop.
     *
     * @return a name that was given, for as long as it leads to the same device, or that one cannot be found; else the only port that
     *     has the device's USB serial number
     * @throws UartPortNotFoundException no port has the USB serial number asked for
     * @throws UartException several have it
     */
    public UartAddress locate() throws UartException {
        String given = name;
        Usb known = device;
        if (given == null) {
            Usb wanted = Objects.requireNonNull(known);
            return only(all(wanted), wanted.serialNumber());
        }
        if (known == null) {
            if (!seen) {
                remember(given);
            }
            return new UartAddress(given);
        }
        List<UartPortInfo> same = all(known);
        boolean there = same.isEmpty() || same.stream().anyMatch(port -> isNamed(port, given));
        return there ? new UartAddress(given) : only(same, known.serialNumber());
    }

    private void remember(String given) {
        for (UartPortInfo port : ports.get()) {
            if (isNamed(port, given)) {
                seen = true;
                if (!port.serialNumber().isEmpty()) {
                    device = new Usb(port.serialNumber(), port.vendorId(), port.productId());
                }
                return;
            }
        }
    }

    private List<UartPortInfo> all(Usb usb) {
        return ports.get().stream().filter(usb::is).toList();
    }

    private static UartAddress only(List<UartPortInfo> same, String serialNumber) throws UartException {
        String what = "the USB serial number " + serialNumber;
        if (same.isEmpty()) {
            throw new UartPortNotFoundException(
                    serialNumber, "cannot find a port with " + what + " (is the device plugged in?)");
        }
        if (same.size() > 1) {
            throw new UartException(
                    serialNumber,
                    "which port? " + same.size() + " have " + what + ": "
                            + same.stream().map(UartPortInfo::systemPath).collect(Collectors.joining(", "))
                            + " (name one of them, or its /dev/serial/by-path/...)");
        }
        return new UartAddress(same.get(0).systemPath());
    }

    private static boolean isNamed(UartPortInfo port, String name) {
        return port.systemPath().equals(name) || port.systemPath().equals(target(name));
    }

    /** Where a symbolic link leads. */
    private static String target(String name) {
        try {
            return Path.of(name).toRealPath().toString();
        } catch (IOException | InvalidPathException e) {
            return name;
        }
    }

    @Override
    public String toString() {
        Usb usb = device;
        return name != null ? name : "USB " + (usb == null ? "?" : usb.serialNumber());
    }
}
