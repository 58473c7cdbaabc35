package dev.uartnet.cli;

import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyConnector;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * A connected device, real or simulated, and everything that has to be closed with it. Closing ends the session in order, also when
 * a signal does it, so that the device is ready for the next command.
 */
final class Device implements AutoCloseable {
    private static final Duration CLOSE_MAX = Duration.ofSeconds(3);
    /** Items that are asked for ahead of those that are dealt with. */
    private static final int AHEAD = 16;
    /** Somebody watches: no long pauses. */
    private static final Retry RECONNECT =
            Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(2));

    private final String name;
    /** With epoll, where it can be had, the port needs no threads of its own. */
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("uartnet", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    private final Cleanups.Registration cleanup;
    private volatile @Nullable VirtualEsp32 simulated;
    private volatile @Nullable CompletableFuture<ProxyClient> opening;
    private volatile @Nullable Throwable lost;

    private Device(String name, Cleanups cleanups) {
        this.name = name;
        cleanup = cleanups.add(this::shutDown);
    }

    /**
     * Connects to the device that the options, the environment or the machine's ports name. Blocks until there is a session.
     *
     * @param again whether to connect again when the link is lost
     */
    static Device connect(DeviceOptions options, boolean again, Invocation invocation) throws Exception {
        String name = portName(options, invocation);
        Device device = new Device(name, invocation.cleanups());
        return device.opened(() -> {
            ProxyConnector once = options.speed(device.connector(options.timeout()));
            ProxyConnector connector = again ? once.reconnect(RECONNECT) : once;
            if (name.equals(PortChoice.SIMULATED)) {
                VirtualEsp32 simulator = SimulatedDevice.start();
                device.simulated = simulator;
                return device.over(() -> SimulatedDevice.line(simulator), name, connector);
            }
            SerialLibrary.load();
            return connector.port(name).connect();
        });
    }

    /**
     * Resets the device by the port's control lines, and connects to it then. Blocks until there is a session.
     *
     * @param timeout for the device to answer again
     */
    static Device connectAfterReset(DeviceOptions options, Duration timeout, Invocation invocation) throws Exception {
        String name = portName(options, invocation);
        if (name.equals(PortChoice.SIMULATED)) {
            throw new UsageException("the simulated device has no reset line (--hard and --soft reset it)");
        }
        Device device = new Device(name, invocation.cleanups());
        return device.opened(() -> {
            SerialLibrary.load();
            ProxyConnector connector = options.speed(device.connector(timeout)).port(name);
            return connector.pulseReset().then(connector.connect());
        });
    }

    private static String portName(DeviceOptions options, Invocation invocation) throws Exception {
        return PortChoice.of(options.port, invocation.environment(), () -> {
            SerialLibrary.load();
            return UartPorts.list();
        });
    }

    /**
     * Connects to a device behind a port that nobody has opened yet. Blocks until there is a session.
     *
     * @param timeout for the device to answer, and for each request later
     */
    static Device connect(UartPort port, int baud, Duration timeout, Cleanups cleanups) throws Exception {
        Device device = new Device(port.name(), cleanups);
        return device.opened(() ->
                device.over(() -> port, port.name(), device.connector(timeout).baudRate(baud)));
    }

    private ProxyConnector connector(Duration timeout) {
        return ProxyClient.connector()
                .runOn(loop)
                .connectTimeout(timeout)
                .requestTimeout(timeout)
                .noReconnect();
    }

    /** @param port what to open, each time when it connects */
    private Mono<ProxyClient> over(Supplier<UartPort> port, String portName, ProxyConnector connector) {
        Bootstrap bootstrap = new Bootstrap().group(loop).channelFactory(() -> new UartChannel(port.get()));
        return connector.connect(bootstrap, new UartAddress(portName));
    }

    private Device opened(Callable<Mono<ProxyClient>> connecting) throws Exception {
        try {
            CompletableFuture<ProxyClient> future = connecting.call().toFuture();
            opening = future;
            result(future).onClose().subscribe(nothing -> {}, cause -> lost = cause);
            return this;
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Returns whether it is the simulator in this process. */
    boolean isSimulated() {
        return simulated != null;
    }

    /** Returns the port's name. */
    String name() {
        return name;
    }

    ProxyClient client() {
        CompletableFuture<ProxyClient> future = opening;
        if (future == null) {
            throw new IllegalStateException("not connected");
        }
        return future.join();
    }

    /** Returns the line's speed now, or null if it is none that has one. */
    @Nullable
    Integer baud() {
        return client().channel().config().getOption(UartChannelOption.BAUD_RATE);
    }

    /** Returns how the link fares; when the client is closed, how it did in the end. */
    LinkHealth health() {
        return client().health().toFuture().join();
    }

    /** Returns what a publisher emits; throws what it fails with as it is. */
    <T> T await(Mono<T> mono) throws Exception {
        return result(mono.toFuture());
    }

    /** Returns all that a publisher emits. */
    <T> List<T> await(Flux<T> flux) throws Exception {
        return await(flux.collectList());
    }

    /** What is done with one of many. */
    interface Action<T> {
        void accept(T item) throws Exception;
    }

    /** Does something, on this thread, with each thing that a publisher emits, as it comes. When that fails, the publisher is cancelled. */
    <T> void each(Flux<T> flux, Action<T> action) throws Exception {
        try (Stream<T> stream = flux.toStream(AHEAD)) {
            Iterator<T> items = stream.iterator();
            while (next(items)) {
                action.accept(items.next());
            }
        }
    }

    private static boolean next(Iterator<?> items) throws Exception {
        try {
            return items.hasNext();
        } catch (RuntimeException e) {
            throw Exceptions.unwrap(e) instanceof Exception cause ? cause : e;
        }
    }

    private static <T> T result(CompletableFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = Exceptions.unwrap(e.getCause() == null ? e : e.getCause());
            throw cause instanceof Exception exception ? exception : new IOException(cause);
        }
    }

    /** Returns why an operation really failed: the link's end, if it has ended by itself, else what was thrown. */
    Exception explain(Exception thrown) {
        Throwable cause = lost;
        if (cause instanceof Exception exception && thrown != cause) {
            exception.addSuppressed(thrown);
            return exception;
        }
        return thrown;
    }

    @Override
    public void close() {
        cleanup.close();
    }

    private void shutDown() {
        CompletableFuture<ProxyClient> future = opening;
        if (future != null && !future.cancel(false) && !future.isCompletedExceptionally()) {
            future.join()
                    .close()
                    .onErrorComplete()
                    .toFuture()
                    .completeOnTimeout(null, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
        VirtualEsp32 device = simulated;
        if (device != null) {
            device.close();
        }
        // Closes the port of an opening that was cancelled, too.
        loop.shutdownGracefully(0, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_MAX.toMillis());
    }
}
