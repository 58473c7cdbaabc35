package dev.uartnet.transport;

import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;

/** A line with two ends; the host's end is what a test is about. */
final class Line implements AutoCloseable {
    enum Kind {
        /** jSerialComm on the slave of a real pseudo terminal. */
        PTY,
        MEMORY
    }

    private final UartPortFactory hostPort;
    private final UartPort devicePort;
    private final UartAddress address;
    private final Runnable unplug;

    private Line(UartPortFactory hostPort, UartPort devicePort, UartAddress address, Runnable unplug) {
        this.hostPort = hostPort;
        this.devicePort = devicePort;
        this.address = address;
        this.unplug = unplug;
    }

    static Line open(Kind kind) throws IOException {
        if (kind == Kind.MEMORY) {
            MemoryPort.Pair pair = MemoryPort.pair();
            return new Line(address -> pair.a(), pair.b(), new UartAddress("memory"), () -> pair.b()
                    .close());
        }
        PseudoTerminal pty = PseudoTerminal.open();
        return new Line(
                address -> new JSerialCommPort(address.portName()),
                pty.masterPort(),
                new UartAddress(pty.slavePath()),
                pty::close);
    }

    UartChannel newHost() {
        return new UartChannel(hostPort);
    }

    UartAddress address() {
        return address;
    }

    /** The other end, for blocking use or below another channel. */
    UartPort device() {
        return devicePort;
    }

    /** The device vanishes. */
    void unplug() {
        unplug.run();
    }

    @Override
    public void close() {
        unplug();
    }
}
