package dev.uartnet.transport;

/**
 * A serial port of this machine.
 *
 * @param systemPath what to connect to: {@code /dev/ttyUSB0}, {@code COM3}
 * @param description what the device or its driver calls itself; may be empty
 * @param manufacturer USB manufacturer; empty if unknown
 * @param vendorId USB vendor id, or -1 if this is no USB device
 * @param productId USB product id, or -1
 * @param serialNumber USB serial number; empty if the device has none (CH340), or it is unknown. Not always one of a kind: see {@link
 *     UartPortLocator}
 */
public record UartPortInfo(
        String systemPath, String description, String manufacturer, int vendorId, int productId, String serialNumber) {

    private static final int SILICON_LABS = 0x10c4;
    private static final int CP210X = 0xea60;
    private static final int WCH = 0x1a86;
    private static final int FTDI = 0x0403;
    private static final int ESPRESSIF = 0x303a;

    /**
     * Whether the USB ids are those of the chips on ESP32 boards: CP210x, CH340 and its relatives, FTDI, or Espressif's
     * own USB. Other devices use the first three as well, so this is a guess.
     */
    public boolean looksLikeEsp32() {
        return (vendorId == SILICON_LABS && productId == CP210X)
                || vendorId == WCH
                || vendorId == FTDI
                || vendorId == ESPRESSIF;
    }
}
