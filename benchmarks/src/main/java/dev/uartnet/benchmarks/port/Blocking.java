package dev.uartnet.benchmarks.port;

import com.fazecast.jSerialComm.SerialPort;
import java.io.IOException;

/** A port as a plain program uses jSerialComm: calls that block. */
final class Blocking {
    private Blocking() {}

    static SerialPort open(String path) throws IOException {
        SerialPort port = SerialPort.getCommPort(path);
        port.setBaudRate(921_600);
        port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, 0, 0);
        if (!port.openPort(0)) {
            throw new IOException("cannot open " + path + ": error " + port.getLastErrorCode());
        }
        return port;
    }

    static int check(int count) throws IOException {
        if (count < 0) {
            throw new IOException("the port is gone");
        }
        return count;
    }
}
