package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;

/** A port's settings in jSerialComm's terms. */
final class JSerialCommSettings {
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private JSerialCommSettings() {}

    /** Refuses what jSerialComm would replace in silence. */
    static void check(String name, UartSettings settings) throws UartParameterException {
        if (settings.stopBits() == StopBits.ONE_POINT_FIVE && !WINDOWS) {
            throw new UartParameterException(
                    name, name + ": STOP_BITS ONE_POINT_FIVE is known to Windows only (use ONE or TWO)");
        }
    }

    /** Whether the port has them now; of a port that is not open yet: will be opened with them. */
    static boolean apply(SerialPort port, UartSettings settings) {
        boolean parameters = port.setComPortParameters(
                settings.baudRate(), settings.dataBits(), stopBits(settings), parity(settings));
        return port.setFlowControl(flowControl(settings)) && parameters;
    }

    private static int stopBits(UartSettings settings) {
        return switch (settings.stopBits()) {
            case ONE -> SerialPort.ONE_STOP_BIT;
            case ONE_POINT_FIVE -> SerialPort.ONE_POINT_FIVE_STOP_BITS;
            case TWO -> SerialPort.TWO_STOP_BITS;
        };
    }

    private static int parity(UartSettings settings) {
        return switch (settings.parity()) {
            case NONE -> SerialPort.NO_PARITY;
            case ODD -> SerialPort.ODD_PARITY;
            case EVEN -> SerialPort.EVEN_PARITY;
            case MARK -> SerialPort.MARK_PARITY;
            case SPACE -> SerialPort.SPACE_PARITY;
        };
    }

    private static int flowControl(UartSettings settings) {
        return switch (settings.flowControl()) {
            case NONE -> SerialPort.FLOW_CONTROL_DISABLED;
            case RTS_CTS -> SerialPort.FLOW_CONTROL_RTS_ENABLED | SerialPort.FLOW_CONTROL_CTS_ENABLED;
            case XON_XOFF -> SerialPort.FLOW_CONTROL_XONXOFF_IN_ENABLED | SerialPort.FLOW_CONTROL_XONXOFF_OUT_ENABLED;
        };
    }
}
