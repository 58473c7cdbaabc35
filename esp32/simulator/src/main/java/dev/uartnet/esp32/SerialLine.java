package dev.uartnet.esp32;

import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;

/**
 * A serial line between two ports, with the time that bytes take on it: 10 bits a byte (8N1) at a given speed, each direction on
 * its own. So a pair of pseudo terminals or memory ports, which pass bytes at once, become a line as slow as a real one.
 *
 * <p>Each direction holds a few milliseconds' bytes, as a UART's FIFO does; then its writer has to wait, as with flow
 * control. When one port is lost or closed, the line ends, and closes the other.
 */
public final class SerialLine implements AutoCloseable {
    private final UartPort a;
    private final UartPort b;
    private final LineDirection toB;
    private final LineDirection toA;

    private SerialLine(UartPort a, UartPort b, int baud) {
        this.a = a;
        this.b = b;
        toB = new LineDirection(a, b, new LineClock(baud), this::end);
        toA = new LineDirection(b, a, new LineClock(baud), this::end);
    }

    /**
     * Joins two ports. Blocks until both are open.
     *
     * @param a a port that nobody has opened yet; the line closes it
     * @param b the other one
     * @param baud bits a second, 300 to 20,000,000
     * @throws IOException one cannot be opened
     */
    public static SerialLine join(UartPort a, UartPort b, int baud) throws IOException {
        SerialLine line = new SerialLine(a, b, baud);
        try {
            a.open(UartSettings.DEFAULT);
            b.open(UartSettings.DEFAULT);
        } catch (IOException | RuntimeException e) {
            line.end();
            throw e;
        }
        line.toB.start();
        line.toA.start();
        return line;
    }

    /** Returns how many bytes have gone from a to b; those that b has just read may be missing until {@link #close}. */
    public long bytesToB() {
        return toB.bytes();
    }

    /** Returns how many bytes have gone from b to a; those that a has just read may be missing until {@link #close}. */
    public long bytesToA() {
        return toA.bytes();
    }

    /** Cuts the line: closes both ports and waits until its threads have ended. */
    @Override
    public void close() {
        end();
        toB.join();
        toA.join();
    }

    private void end() {
        a.close();
        b.close();
    }
}
