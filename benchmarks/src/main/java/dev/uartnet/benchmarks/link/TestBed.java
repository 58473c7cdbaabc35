package dev.uartnet.benchmarks.link;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineCounters;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyConnector;
import dev.uartnet.transport.UartPortBusyException;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.util.retry.Retry;

/** The real firmware behind a simulated line between two pseudo terminals, and a client of it; one transfer or many. */
final class TestBed implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofMinutes(2);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("host", true), NioIoHandler.newFactory());
    private final ByteServer server;
    private final PseudoTerminal hostSide;
    private final PseudoTerminal deviceSide;
    private final SerialLine line;
    private final int baud;
    private final boolean small;
    private final String allow;
    private Firmware firmware;
    private @Nullable ProxyClient client;

    /**
     * Starts line and firmware.
     *
     * @param small the 32-bit interpreter with 110 KB of memory: an ESP32 without PSRAM
     * @param shape gives the line its faults
     */
    TestBed(int baud, boolean small, UnaryOperator<SerialLine.Builder> shape) throws IOException {
        this(baud, small, shape, "sockets");
    }

    /**
     * Starts line and firmware.
     *
     * @param small as above
     * @param shape as above
     * @param allow what the firmware lets the host do
     */
    TestBed(int baud, boolean small, UnaryOperator<SerialLine.Builder> shape, String allow) throws IOException {
        this.baud = baud;
        this.small = small;
        this.allow = allow;
        server = new ByteServer();
        hostSide = PseudoTerminal.open();
        deviceSide = PseudoTerminal.open();
        line = shape.apply(SerialLine.between(hostSide.masterPort(), deviceSide.masterPort())
                        .baud(baud))
                .start();
        firmware = boot();
    }

    private Firmware boot() throws IOException {
        if (System.getProperty(Firmware.ROOT_PROPERTY) == null) {
            System.setProperty(Firmware.ROOT_PROPERTY, "."); // by hand, from the checkout's root
        }
        Firmware.Builder builder = Firmware.builder()
                .environment("UARTNET_BAUD", Integer.toString(baud))
                .environment("UARTNET_ALLOW", allow);
        if (small) {
            // As many sockets as a board has, and one.
            builder.bits(32).heap("110k").environment("UARTNET_CHANNELS", "16");
        }
        return builder.start(Path.of(deviceSide.slavePath()));
    }

    /** Opens the port and connects to the device, with what the configuration adds to the defaults. */
    ProxyClient connect(UnaryOperator<ProxyConnector> configuration) throws InterruptedException, IOException {
        ProxyConnector connector = ProxyClient.connector()
                .port(hostSide.slavePath())
                .baudRate(baud)
                .connectTimeout(CONNECT_MAX)
                .runOn(group);
        try {
            client = configuration
                    .apply(connector)
                    .connect()
                    // A test bed before this one may still be closing a pseudo terminal of the same number.
                    .retryWhen(Retry.fixedDelay(20, Duration.ofMillis(100))
                            .filter(UartPortBusyException.class::isInstance))
                    .toFuture()
                    .get(CONNECT_MAX.toSeconds(), TimeUnit.SECONDS);
            return client;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no connection to the device", e);
        }
    }

    /** Returns how many bytes the device has put on the line. */
    long bytesDown() {
        return line.toA().counters().bytesIn();
    }

    /** Returns how many bytes the host has put on the line. */
    long bytesUp() {
        return line.toB().counters().bytesIn();
    }

    /** Returns how many faults the line has had, both directions together; a burst is one. */
    long faults() {
        return faults(line.toA().counters()) + faults(line.toB().counters());
    }

    private static long faults(LineCounters line) {
        return line.flipped() + line.dropped() + line.duplicated() + line.inserted() + line.bursts() + line.overruns();
    }

    /** Ends the firmware as a loss of power would, and starts it again. */
    void reboot() throws IOException {
        ProcessHandle.of(firmware.pid()).ifPresent(ProcessHandle::destroyForcibly);
        firmware.close();
        firmware = boot();
    }

    SerialLine line() {
        return line;
    }

    Firmware firmware() {
        return firmware;
    }

    EventLoopGroup group() {
        return group;
    }

    int serverPort() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        ProxyClient client = this.client;
        if (client != null) {
            client.close().block(Duration.ofSeconds(5));
        }
        firmware.close();
        line.close();
        hostSide.close();
        deviceSide.close();
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
