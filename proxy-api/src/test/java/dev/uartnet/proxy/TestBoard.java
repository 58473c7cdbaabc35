package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.bench.Bench;
import dev.uartnet.esp32.bench.FirmwareBench;
import dev.uartnet.esp32.bench.VirtualBench;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import reactor.util.retry.Retry;

/** A device of some kind that lets its host do everything, a bench around it, and a client that reconnects. */
final class TestBoard {
    private static final long SEED = 5;
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("uartnet-host"), NioIoHandler.newFactory());
    private final Bench bench;
    private ProxyClient client;

    private TestBoard(Bench bench) {
        this.bench = bench;
        parts.push(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly());
    }

    /** How a kind of board is started. */
    interface Start {
        TestBoard start() throws Exception;
    }

    private interface Building {
        void run(TestBoard board) throws Exception;
    }

    /** The simulator over a pseudo terminal, as fast as it goes. */
    static TestBoard simulator() throws Exception {
        VirtualEsp32 device = simulated();
        return built(new VirtualBench(device, GRACE), device, board -> board.connect(device.servePty()));
    }

    private static VirtualEsp32 simulated() {
        return VirtualEsp32.builder().allow("everything").networkGrace(GRACE).build();
    }

    /** The simulator behind a line of 921,600 baud with faults. */
    static TestBoard pacedSimulator(LineFaults faults) throws Exception {
        VirtualEsp32 device = simulated();
        return built(new VirtualBench(device, GRACE), device, board -> {
            PseudoTerminal hostSide = board.keep(PseudoTerminal.open());
            MemoryPort.Pair deviceSide = MemoryPort.pair();
            board.keep(line(faults, hostSide.masterPort(), deviceSide.a()));
            device.serve(deviceSide.b());
            board.connect(hostSide.slavePath());
        });
    }

    private static SerialLine line(LineFaults faults, UartPort host, UartPort device) throws Exception {
        return SerialLine.between(host, device)
                .baud(TestDevice.BAUD)
                .faults(faults)
                .seed(SEED)
                .start();
    }

    /** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
    static TestBoard firmware() throws Exception {
        FirmwareBench bench = FirmwareBench.open();
        return built(bench, bench, board -> {
            Firmware firmware = board.keep(RealFirmware.start(
                    bench.addTo(Firmware.builder().bits(64)).environment("UARTNET_ALLOW", "everything")));
            board.connect(firmware.path());
        });
    }

    /** The same behind a line of 921,600 baud with faults. */
    static TestBoard pacedFirmware(LineFaults faults) throws Exception {
        FirmwareBench bench = FirmwareBench.open();
        return built(bench, bench, board -> {
            RealFirmware.start(Firmware.builder().bits(64)).close(); // or there is no MicroPython
            PseudoTerminal hostSide = board.keep(PseudoTerminal.open());
            PseudoTerminal deviceSide = board.keep(PseudoTerminal.open());
            board.keep(line(faults, hostSide.masterPort(), deviceSide.masterPort()));
            board.keep(bench.addTo(Firmware.builder().bits(64))
                    .environment("UARTNET_ALLOW", "everything")
                    .start(Path.of(deviceSide.slavePath())));
            board.connect(hostSide.slavePath());
        });
    }

    /** @param first what is closed last */
    private static TestBoard built(Bench bench, AutoCloseable first, Building building) throws Exception {
        TestBoard board = new TestBoard(bench);
        board.keep(first);
        try {
            building.run(board);
            return board;
        } catch (Throwable failed) {
            board.close();
            throw failed;
        }
    }

    private void connect(String port) {
        ProxyClient connected = TestLine.get(ProxyClient.connector()
                .port(port)
                .baudRate(TestDevice.BAUD)
                .connectTimeout(TestLine.WAIT)
                .reconnect(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(50)))
                .runOn(loops)
                .connect());
        client = connected;
        parts.push(() -> connected.close().block(TestLine.WAIT));
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    ProxyClient client() {
        return client;
    }

    Bench bench() {
        return bench;
    }

    void close() throws Exception {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            part.close();
        }
    }
}
