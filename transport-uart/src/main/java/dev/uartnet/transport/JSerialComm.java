package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The process-wide side of jSerialComm. Its native list of ports is freed and rebuilt by an enumeration, also under an
 * open that has not finished; so opening holds this lock for reading and enumerating holds it for writing.
 *
 * <p>The first use loads a native library of 50 KB ({@link JSerialCommLibrary}) and enumerates: 20 ms (measured). That library sets
 * the signals HUP, USR1, USR2, CONT, TTIN, TTOU and IO to be ignored: who handles one installs the handler after the first use.
 */
final class JSerialComm {
    private static final ReadWriteLock PORT_LIST = new ReentrantReadWriteLock();

    static {
        // getCommPort() enumerates when nobody has before; after this it never does.
        JSerialCommLibrary.load(JSerialComm::enumerate);
    }

    private JSerialComm() {}

    static List<SerialPort> enumerate() {
        PORT_LIST.writeLock().lock();
        try {
            return List.of(SerialPort.getCommPorts());
        } finally {
            PORT_LIST.writeLock().unlock();
        }
    }

    static SerialPort find(String portName) throws SerialPortInvalidPortException {
        return SerialPort.getCommPort(portName);
    }

    static boolean open(SerialPort port) {
        PORT_LIST.readLock().lock();
        try {
            return port.openPort(0);
        } finally {
            PORT_LIST.readLock().unlock();
        }
    }
}
