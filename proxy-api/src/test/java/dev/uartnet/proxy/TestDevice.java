package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A device of some kind at the end of a line of some kind, and a client of it: what programs are tried on. */
final class TestDevice {
    static final int BAUD = 921_600;

    /** What a bad line does: a byte in 10,000 is damaged, each way. */
    static final LineFaults NOISE = LineFaults.NONE.withByteError(1e-4);

    private static final long SEED = 4;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    /** Two loops, so that a socket's often differs from the link's. */
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("uartnet-host"), NioIoHandler.newFactory());

    private final int bodyBytes;
    private ProxyClient client;

    private TestDevice(int bodyBytes) {
        this.bodyBytes = bodyBytes;
        parts.push(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly());
    }

    /** How a kind of device is started. */
    interface Start {
        TestDevice start() throws Exception;
    }

    /** The simulator over a line in memory, as fast as it goes. */
    static TestDevice simulator() throws Exception {
        TestDevice test = new TestDevice(1_000_000);
        return test.building(() -> {
            MemoryPort.Pair line = MemoryPort.pair();
            test.keep(VirtualEsp32.builder().start(line.b()));
            test.connect(line.a());
        });
    }

    /** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
    static TestDevice firmware() throws Exception {
        return firmware(Firmware.builder().bits(64), 1_000_000);
    }

    /** The real firmware with 32-bit objects and a heap of 110 KB: an ESP32 without PSRAM. */
    static TestDevice smallFirmware() throws Exception {
        return firmware(Firmware.builder().bits(32).heap("110k"), 500_000);
    }

    /** One with as many sockets as a board has, and a heap with room for TLS and a dozen connections of it. */
    static TestDevice board() throws Exception {
        return firmware(
                Firmware.builder()
                        .bits(32)
                        .heap("142k")
                        .environment("UARTNET_CHANNELS", "15")
                        .environment("UARTNET_ALLOW", "sockets"),
                100_000);
    }

    private static TestDevice firmware(Firmware.Builder builder, int bodyBytes) throws Exception {
        TestDevice test = new TestDevice(bodyBytes);
        return test.building(() -> {
            Firmware firmware = test.keep(RealFirmware.start(builder));
            test.client = TestLine.get(ProxyClient.connector()
                    .port(firmware.path())
                    .runOn(test.loops)
                    .connect());
        });
    }

    /** The simulator behind a line of 921,600 baud with faults. */
    static TestDevice pacedSimulator(LineFaults faults) throws Exception {
        TestDevice test = new TestDevice(100_000);
        return test.building(() -> {
            MemoryPort.Pair hostSide = MemoryPort.pair();
            MemoryPort.Pair deviceSide = MemoryPort.pair();
            test.keep(SerialLine.between(hostSide.b(), deviceSide.a())
                    .baud(BAUD)
                    .faults(faults)
                    .seed(SEED)
                    .start());
            test.keep(VirtualEsp32.builder().start(deviceSide.b()));
            test.connect(hostSide.a());
        });
    }

    /** The real firmware behind a line of 921,600 baud with faults. */
    static TestDevice pacedFirmware(LineFaults faults) throws Exception {
        TestDevice test = new TestDevice(100_000);
        return test.building(() -> {
            RealFirmware.start(Firmware.builder().bits(64)).close(); // or there is no MicroPython
            PseudoTerminal hostSide = test.keep(PseudoTerminal.open());
            PseudoTerminal deviceSide = test.keep(PseudoTerminal.open());
            test.keep(SerialLine.between(hostSide.masterPort(), deviceSide.masterPort())
                    .baud(BAUD)
                    .faults(faults)
                    .seed(SEED)
                    .start());
            test.keep(Firmware.builder().bits(64).start(Path.of(deviceSide.slavePath())));
            test.client = TestLine.get(ProxyClient.connector()
                    .port(hostSide.slavePath())
                    .baudRate(BAUD)
                    .connectTimeout(TestLine.WAIT)
                    .runOn(test.loops)
                    .connect());
        });
    }

    private void connect(MemoryPort port) {
        Bootstrap bootstrap = new Bootstrap().group(loops).channelFactory(() -> new UartChannel(port));
        // A line in memory cannot be opened twice.
        client = TestLine.get(ProxyClient.connector()
                .noReconnect()
                .baudRate(BAUD)
                .runOn(loops)
                .connect(bootstrap, new UartAddress(port.name())));
    }

    private interface Building {
        void run() throws Exception;
    }

    private TestDevice building(Building building) throws Exception {
        try {
            building.run();
            ProxyClient connected = client;
            parts.push(() -> connected.close().block(TestLine.WAIT));
            return this;
        } catch (Throwable failed) {
            close();
            throw failed;
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    ProxyClient client() {
        return client;
    }

    /** Bytes of a large body: some seconds of the line at most. */
    int bodyBytes() {
        return bodyBytes;
    }

    void close() throws Exception {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            part.close();
        }
    }
}
