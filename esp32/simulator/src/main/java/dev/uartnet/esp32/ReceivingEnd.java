package dev.uartnet.esp32;

import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * What is between the wire and the program that receives: an adapter that may collect bytes before it passes them on, and a FIFO that may
 * be full. One thread.
 *
 * <p>The adapter is as an FTDI chip (application note AN232B-04): bytes go in packets of 62, or fewer when its timer ends, which starts
 * anew with each packet.
 */
final class ReceivingEnd {
    private static final int USB_PACKET = 62;
    private static final long FULL_FIFO_POLL_NANOS = 100_000;

    private final UartPort port;
    private final long latencyNanos;
    private final int fifoBytes;
    private final FlowControl flowControl;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private long timerNanos;
    private volatile boolean ended;
    private volatile long bytesOut;
    private volatile long overruns;

    /**
     * @param latencyNanos how long the adapter collects; 0: not at all
     * @param fifoBytes 0: no limit, but a port that takes no more is waited for
     */
    ReceivingEnd(UartPort port, long latencyNanos, int fifoBytes, FlowControl flowControl) {
        this.port = port;
        this.latencyNanos = latencyNanos;
        this.fifoBytes = fifoBytes;
        this.flowControl = flowControl;
        timerNanos = System.nanoTime() + latencyNanos;
    }

    /** Where the wire puts what arrives; {@link #pass} passes it on. */
    ByteArrayOutputStream collected() {
        return collected;
    }

    /** When {@link #pass} would do something even if nothing more comes. */
    long dueNanos() {
        return timerNanos;
    }

    /** Whether there is such a time. */
    boolean isDue() {
        return collected.size() > 0 && latencyNanos > 0;
    }

    /**
     * Passes on what it is time for. Blocks while the receiver has no room, unless that loses bytes.
     *
     * @return whether the port is still open
     */
    boolean pass() throws IOException {
        if (latencyNanos == 0) {
            return collected.size() == 0 || passAll();
        }
        long now = System.nanoTime();
        while (collected.size() >= USB_PACKET) {
            byte[] bytes = collected.toByteArray();
            collected.reset();
            collected.write(bytes, USB_PACKET, bytes.length - USB_PACKET);
            timerNanos = now + latencyNanos;
            if (!deliver(Arrays.copyOf(bytes, USB_PACKET))) {
                return false;
            }
        }
        if (timerNanos - now > 0) {
            return true;
        }
        // It ends and starts also while there is nothing to send.
        timerNanos += (now - timerNanos) / latencyNanos * latencyNanos + latencyNanos;
        return collected.size() == 0 || passAll();
    }

    /** Passes on whatever there is, at once. */
    boolean passAll() throws IOException {
        byte[] bytes = collected.toByteArray();
        collected.reset();
        return deliver(bytes);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // its thread is the counters' only writer
    private boolean deliver(byte[] bytes) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            int room = room();
            if (room == 0) {
                if (flowControl == FlowControl.NONE) {
                    overruns += bytes.length - done;
                    return true;
                }
                if (ended || port.isLost()) {
                    return false;
                }
                LockSupport.parkNanos(FULL_FIFO_POLL_NANOS);
                continue;
            }
            int count = port.write(bytes, done, Math.min(room, bytes.length - done));
            if (count < 0) {
                return false;
            }
            done += count;
            bytesOut += count;
        }
        return true;
    }

    private int room() {
        return fifoBytes > 0 && port instanceof LineEnd end
                ? Math.max(0, fifoBytes - end.farUnread())
                : Integer.MAX_VALUE;
    }

    /** Bytes that the receiver has taken, or its FIFO. Any thread. */
    long bytesOut() {
        return bytesOut;
    }

    /** Bytes that have found the FIFO full. Any thread. */
    long overruns() {
        return overruns;
    }

    /** Waits no longer. Any thread. */
    void end() {
        ended = true;
    }
}
