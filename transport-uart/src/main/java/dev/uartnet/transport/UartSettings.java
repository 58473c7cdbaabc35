package dev.uartnet.transport;

import java.util.Objects;

/**
 * Everything that a port is opened or reconfigured with. Immutable.
 *
 * @param baudRate symbols per second, at least 1
 * @param dataBits bits in a character, 5 to 8
 * @param stopBits rest after a character
 * @param parity parity bit
 * @param flowControl how each end stops the other
 * @param dtr level of DTR (true: asserted)
 * @param rts level of RTS (true: asserted); with {@link FlowControl#RTS_CTS} the driver moves it
 */
public record UartSettings(
        int baudRate,
        int dataBits,
        StopBits stopBits,
        Parity parity,
        FlowControl flowControl,
        boolean dtr,
        boolean rts) {

    /** 115200 baud, 8 data bits, no parity, 1 stop bit, no flow control, DTR and RTS not asserted. */
    public static final UartSettings DEFAULT =
            new UartSettings(115_200, 8, StopBits.ONE, Parity.NONE, FlowControl.NONE, false, false);

    /** Checks the ranges; throws {@link IllegalArgumentException} that names the value and what is allowed. */
    public UartSettings {
        if (baudRate < 1) {
            throw new IllegalArgumentException("BAUD_RATE: " + baudRate + " (allowed: 1 baud and above)");
        }
        if (dataBits < 5 || dataBits > 8) {
            throw new IllegalArgumentException("DATA_BITS: " + dataBits + " (allowed: 5, 6, 7, 8)");
        }
        Objects.requireNonNull(stopBits, "STOP_BITS");
        Objects.requireNonNull(parity, "PARITY");
        Objects.requireNonNull(flowControl, "FLOW_CONTROL");
    }

    public UartSettings withBaudRate(int newBaudRate) {
        return new UartSettings(newBaudRate, dataBits, stopBits, parity, flowControl, dtr, rts);
    }

    public UartSettings withDataBits(int newDataBits) {
        return new UartSettings(baudRate, newDataBits, stopBits, parity, flowControl, dtr, rts);
    }

    public UartSettings withStopBits(StopBits newStopBits) {
        return new UartSettings(baudRate, dataBits, newStopBits, parity, flowControl, dtr, rts);
    }

    public UartSettings withParity(Parity newParity) {
        return new UartSettings(baudRate, dataBits, stopBits, newParity, flowControl, dtr, rts);
    }

    public UartSettings withFlowControl(FlowControl newFlowControl) {
        return new UartSettings(baudRate, dataBits, stopBits, parity, newFlowControl, dtr, rts);
    }

    public UartSettings withDtr(boolean newDtr) {
        return new UartSettings(baudRate, dataBits, stopBits, parity, flowControl, newDtr, rts);
    }

    public UartSettings withRts(boolean newRts) {
        return new UartSettings(baudRate, dataBits, stopBits, parity, flowControl, dtr, newRts);
    }
}
