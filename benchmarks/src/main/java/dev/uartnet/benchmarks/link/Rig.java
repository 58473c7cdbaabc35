package dev.uartnet.benchmarks.link;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.PatternServer;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPortBusyException;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.retry.Retry;

/** A device behind a line, a client of it, and a server for its sockets to talk to: what all parts of the link benchmark measure on. */
final class Rig implements AutoCloseable {
    /** Sockets that a device has at once if nothing else is said: those of the firmware on a large heap. */
    static final int CHANNELS = 128;

    private static final Duration CONNECT_MAX = Duration.ofSeconds(30);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
    private static final int BITS_PER_BYTE = 10;
    /** What a line without a rate is told to be, for the link's timers. */
    private static final int UNPACED_BAUD = 12_000_000;

    private static final long SEED = 42;

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final Duration latency;
    private final EventLoopGroup group = group("host");
    private final EventLoopGroup servers = group("server");
    private final int baud;
    private final InetSocketAddress server;
    private final @Nullable SerialLine line;
    private final @Nullable Firmware firmware;
    private final ProxyClient client;

    /**
     * Starts everything, and connects.
     *
     * @param baud speed of the line; 0: as fast as it goes, without a simulated line
     * @param byteError share of the bytes that get a wrong bit
     * @param channels sockets that the device has at once
     * @param latency that bytes wait in a USB adapter for more to come
     */
    Rig(DeviceKind kind, int baud, double byteError, int channels, Duration latency) throws IOException {
        this.baud = baud;
        this.latency = latency;
        try {
            closing.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
            closing.push(() -> servers.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            Channel listening = PatternServer.listen(
                            servers, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .syncUninterruptibly()
                    .channel();
            server = (InetSocketAddress) listening.localAddress();
            String path;
            if (kind == DeviceKind.FIRMWARE) {
                Firmware.Builder builder = firmware(speed(), channels);
                if (baud == 0) {
                    line = null;
                    firmware = opened(builder.start());
                    path = firmware.path();
                } else {
                    PseudoTerminal hostSide = opened(PseudoTerminal.open());
                    PseudoTerminal deviceSide = opened(PseudoTerminal.open());
                    line = opened(paced(hostSide, deviceSide.masterPort(), byteError));
                    firmware = opened(builder.start(Path.of(deviceSide.slavePath())));
                    path = hostSide.slavePath();
                }
            } else {
                VirtualEsp32 device = opened(VirtualEsp32.builder()
                        .channels(channels)
                        .link(LinkConfig.device().withBaudRate(speed()))
                        .build());
                firmware = null;
                if (baud == 0) {
                    line = null;
                    path = device.servePty();
                } else {
                    PseudoTerminal hostSide = opened(PseudoTerminal.open());
                    MemoryPort.Pair deviceSide = MemoryPort.pair();
                    line = opened(paced(hostSide, deviceSide.a(), byteError));
                    device.serve(deviceSide.b());
                    path = hostSide.slavePath();
                }
            }
            client = connect(path);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    Rig(DeviceKind kind, int baud, double byteError, int channels) throws IOException {
        this(kind, baud, byteError, channels, Duration.ZERO);
    }

    Rig(DeviceKind kind, int baud) throws IOException {
        this(kind, baud, 0, CHANNELS);
    }

    static EventLoopGroup group(String name) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    private static Firmware.Builder firmware(int baud, int channels) {
        if (System.getProperty(Firmware.ROOT_PROPERTY) == null) {
            System.setProperty(Firmware.ROOT_PROPERTY, "."); // by hand, from the checkout's root
        }
        return Firmware.builder()
                .environment("UARTNET_BAUD", Integer.toString(baud))
                .environment("UARTNET_CHANNELS", Integer.toString(channels));
    }

    private SerialLine paced(PseudoTerminal host, UartPort device, double byteError) throws IOException {
        return SerialLine.between(host.masterPort(), device)
                .baud(baud)
                .latency(latency)
                .faults(LineFaults.NONE.withByteError(byteError))
                .seed(SEED)
                .start();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        closing.push(resource);
        return resource;
    }

    private ProxyClient connect(String path) {
        ProxyClient connected = Objects.requireNonNull(ProxyClient.connector()
                .port(path)
                .baudRate(speed())
                .connectTimeout(CONNECT_MAX)
                .runOn(group)
                .connect()
                // A rig before this one may still be closing a pseudo terminal of the same number.
                .retryWhen(Retry.fixedDelay(20, Duration.ofMillis(100)).filter(UartPortBusyException.class::isInstance))
                .block(CONNECT_MAX.multipliedBy(2)));
        closing.push(() -> connected.close().block(CLOSE_MAX));
        return connected;
    }

    private int speed() {
        return baud == 0 ? UNPACED_BAUD : baud;
    }

    ProxyClient client() {
        return client;
    }

    /** Returns what makes sockets of the device. */
    Bootstrap sockets() {
        return client.bootstrap(group);
    }

    InetSocketAddress server() {
        return server;
    }

    /** Returns the bytes that the line carries in a second, each way; infinite if it is not paced. */
    double lineRate() {
        return baud == 0 ? Double.POSITIVE_INFINITY : (double) baud / BITS_PER_BYTE;
    }

    /** Returns the bytes that the device has put on the line. */
    long wireDown() {
        return line == null ? 0 : line.toA().counters().bytesIn();
    }

    /** Returns the bytes that the host has put on the line. */
    long wireUp() {
        return line == null ? 0 : line.toB().counters().bytesIn();
    }

    /** Returns the firmware's process, or -1. */
    long devicePid() {
        return firmware == null ? -1 : firmware.pid();
    }

    /** Moves bytes over one connection, both ways at once, and waits for them. */
    Goodput transfer(long down, long up) throws IOException {
        try {
            return Goodput.measure(sockets(), server, down, up).get(5, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IOException("a transfer failed" + why(), e);
        }
    }

    private String why() {
        return firmware == null ? "" : "; the firmware says: " + firmware.errorOutput();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                failure = new IOException("the rig does not close", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
