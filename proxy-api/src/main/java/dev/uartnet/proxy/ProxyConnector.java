package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.SpeedChange;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;
import reactor.util.retry.Retry;

/**
 * How to connect to a device. Immutable: each method returns another one. {@link ProxyClient#connector()} has the defaults.
 *
 * <pre>{@code
 * Mono<ProxyClient> device = ProxyClient.connector()
 *         .port("/dev/ttyUSB0")
 *         .baudRate(921_600)
 *         .connectTimeout(Duration.ofSeconds(3))
 *         .connect();
 * }</pre>
 */
public final class ProxyConnector {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    /** The speed of the firmware as it is installed. */
    private static final int BAUD_RATE = 115_200;

    /** Soon at first, for a device that has only rebooted; later not too often for one that was put away. */
    static final Retry RECONNECT = Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(5))
            .jitter(0.5);

    static final ProxyConnector DEFAULT = new ProxyConnector();

    // Set by the constructor and in change() only, before anybody else sees the object.
    private @Nullable String port;
    private @Nullable String usbSerialNumber;
    private int baudRate = BAUD_RATE;
    private Map<ChannelOption<?>, Object> options = Map.of();
    private LinkConfig link = LinkConfig.host();
    private Duration requestTimeout = REQUEST_TIMEOUT;
    private @Nullable LoopResources loops;
    private @Nullable Retry reconnect = RECONNECT;
    private WhileDown whileDown = WhileDown.WAIT;
    private List<Integer> fasterBaudRates = List.of();
    private boolean seeksBaudRate;

    private ProxyConnector() {}

    private ProxyConnector change(Consumer<ProxyConnector> change) {
        ProxyConnector other = new ProxyConnector();
        other.port = port;
        other.usbSerialNumber = usbSerialNumber;
        other.baudRate = baudRate;
        other.options = options;
        other.link = link;
        other.requestTimeout = requestTimeout;
        other.loops = loops;
        other.reconnect = reconnect;
        other.whileDown = whileDown;
        other.fasterBaudRates = fasterBaudRates;
        other.seeksBaudRate = seeksBaudRate;
        change.accept(other);
        return other;
    }

    /**
     * The system's name of the serial port: {@code /dev/ttyUSB0}, {@code COM3}, or a symbolic link such as {@code /dev/serial/by-id/...}, which is
     * followed anew for each session. If it is a USB device with a serial number that no other port has, then a client that
     * reconnects finds it under another name, too.
     */
    public ProxyConnector port(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the port's name is empty");
        }
        return change(other -> {
            other.port = name;
            other.usbSerialNumber = null;
        });
    }

    /**
     * The USB serial number of the port, instead of its name. It must be the only one with that number: many adapters have none, or one that
     * is not theirs alone ({@code 0001}); then connecting fails and lists them.
     */
    public ProxyConnector usbSerialNumber(String number) {
        if (number.isBlank()) {
            throw new IllegalArgumentException("the USB serial number is empty");
        }
        return change(other -> {
            other.port = null;
            other.usbSerialNumber = number;
        });
    }

    /** The speed at which the device listens, in baud; default 115,200, as the firmware's. Each session begins with it. */
    public ProxyConnector baudRate(int baud) {
        if (baud < 1) {
            throw new IllegalArgumentException("the baud rate must be positive: " + baud);
        }
        return change(other -> {
            other.baudRate = baud;
            other.seeksBaudRate = false;
        });
    }

    /**
     * Speeds to which each session is raised before the client gets it: the fastest of them that device and line can. Those that
     * turn out bad, then or later, are left by themselves, and not tried again by this client. A device that cannot change its speed stays
     * as it is; that is no error. Takes some 50 ms, and about 600 ms for each speed that fails. Default: none.
     *
     * @param bauds in any order; those that are not faster than the session's first speed do nothing
     */
    public ProxyConnector fasterBaudRates(int... bauds) {
        List<Integer> speeds = Arrays.stream(bauds)
                .mapToObj(baud -> new SpeedChange(baud).baud())
                .sorted(Comparator.reverseOrder())
                .distinct()
                .toList();
        return change(other -> other.fasterBaudRates = speeds);
    }

    /**
     * Whatever speed the device listens at, and the fastest that both ends can: {@link #connect()} tries 115,200 baud (for at most 3 s), then
     * 921,600, 460,800, 230,400, 57,600 and 9,600 (1 s each), until the device answers; then {@link #fasterBaudRates} of 921,600,
     * 460,800 and 230,400. A client that reconnects begins with the speed that was found. Over a given channel only the latter.
     */
    public ProxyConnector baudRateAuto() {
        ProxyConnector faster = fasterBaudRates(921_600, 460_800, 230_400);
        return faster.change(other -> other.seeksBaudRate = true);
    }

    /** An option of the serial port's channel ({@code UartChannelOption}). */
    public <T> ProxyConnector option(ChannelOption<T> option, T value) {
        Map<ChannelOption<?>, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return change(other -> other.options = Collections.unmodifiableMap(more));
    }

    /** How long the device may take to answer once the port is open; default 5 s. */
    public ProxyConnector connectTimeout(Duration timeout) {
        return link(link.withConnectTimeout(timeout));
    }

    /** Everything else about the link; replaces {@link #connectTimeout}. */
    public ProxyConnector link(LinkConfig config) {
        return change(other -> other.link = config);
    }

    /**
     * How long a request to the device may take, the waiting for a session included, where its method takes no time of its own; default 10 s. (A socket
     * has {@code CONNECT_TIMEOUT_MILLIS}, a call of a remote object none.)
     */
    public ProxyConnector requestTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the request timeout must be positive: " + timeout);
        }
        return change(other -> other.requestTimeout = timeout);
    }

    /**
     * When the client connects again after the link was lost; default {@code Retry.backoff(Long.MAX_VALUE, 100 ms)} with at most 5 s and
     * jitter 0.5: for ever, soon at first. It begins anew with each loss, which it sees as its first failure; the next ones are
     * those of the attempts. When it gives up, the client is closed. It does not concern the first session: {@link #connect()}
     * tries once.
     */
    public ProxyConnector reconnect(Retry retry) {
        Objects.requireNonNull(retry);
        return change(other -> other.reconnect = retry);
    }

    /** The client is closed as soon as the link is lost. */
    public ProxyConnector noReconnect() {
        return change(other -> other.reconnect = null);
    }

    /** What new requests and connects do while there is no session; default {@link WhileDown#WAIT}. */
    public ProxyConnector whileDown(WhileDown what) {
        Objects.requireNonNull(what);
        return change(other -> other.whileDown = what);
    }

    /**
     * The event loops of the port and of reactor-netty's clients over it; default: those that all clients of reactor-netty share, which on
     * 64-bit Linux are epoll's, so that the port has no threads of its own. They stay their owner's; a client ends when they shut down.
     */
    public ProxyConnector runOn(LoopResources resources) {
        Objects.requireNonNull(resources);
        return change(other -> other.loops = resources);
    }

    /** The same with Netty's event loops. */
    public ProxyConnector runOn(EventLoopGroup group) {
        Objects.requireNonNull(group);
        return runOn((LoopResources) useNative -> group);
    }

    /**
     * Opens the port and connects to the device on it.
     *
     * @return one client for each subscription; see {@link ProxyClient} for the errors. Fails with {@link java.util.concurrent.RejectedExecutionException}
     *     if the event loops have shut down. Cancelling closes the port.
     */
    public Mono<ProxyClient> connect() {
        return serial().flatMap(this::connect);
    }

    /**
     * Opens several ports, connects to the device on each, all with this configuration but the port, and makes one network of them.
     *
     * <p>All are tried at once. The pool is emitted when each has been tried once and one at least is up; those that are not, and those that are lost
     * later, are tried again when the {@link #reconnect Retry} says so, for ever by default.
     *
     * @param ports the system's names for them, as {@link #port} takes them; each once, also under another name that leads there now
     * @return one pool for each subscription; fails with {@link LinkLostException}, which names each port and its cause, if none is up. Cancelling closes
     *     the ports
     * @throws IllegalArgumentException if a port is there twice
     */
    public Mono<ProxyPool> pool(String... ports) {
        Map<String, Mono<ProxyClient>> clients = new LinkedHashMap<>();
        Map<String, String> names = new HashMap<>();
        for (String name : ports) {
            if (clients.put(name, port(name).connect()) != null) {
                throw new IllegalArgumentException("the port is there twice: " + name);
            }
            String other = names.put(SerialConnector.realName(name), name);
            if (other != null) {
                throw new IllegalArgumentException("the port is there twice: " + other + " and " + name + " are one");
            }
        }
        return pool(clients);
    }

    /**
     * As {@link #pool(String...)}, for boards that differ in more than the port (speed, USB serial number, another transport).
     *
     * @param clients how to connect to each, by the name that it is to have in the pool: an attempt for each subscription, as {@link #connect()} makes
     *     them. This connector's {@link #reconnect Retry} says when to make the first ones again; {@link #whileDown}, {@link #requestTimeout} and {@link
     *     #runOn(LoopResources)} are the pool's; all else is the clients' own
     */
    public Mono<ProxyPool> pool(Map<String, Mono<ProxyClient>> clients) {
        if (clients.isEmpty()) {
            throw new IllegalArgumentException("a pool needs at least one board");
        }
        Map<String, Mono<ProxyClient>> all = Collections.unmodifiableMap(new LinkedHashMap<>(clients));
        return Mono.defer(() -> ProxyPool.connect(all, reconnect, whileDown, requestTimeout, loopResources()));
    }

    /**
     * Resets the chip behind the port from outside, also when it hangs, without a session: by the port's control lines, as most development boards have them wired and
     * esptool's "hard reset" does it (see {@link dev.uartnet.transport.ResetPulse}).
     *
     * @return completes when the port is closed again; does it when subscribed to, also if that is cancelled. Fails as {@link #connect()} if the port
     *     cannot be opened, with {@link java.io.IOException} if it has no such lines, {@link IllegalStateException} if RTS belongs to the
     *     flow control
     */
    public Mono<Void> pulseReset() {
        return serial().flatMap(serial -> serial.pulseReset(bootstrap(baudRate)));
    }

    private Mono<SerialConnector> serial() {
        return Mono.defer(() -> {
            String name = port;
            String number = usbSerialNumber;
            if (name != null) {
                return Mono.just(SerialConnector.named(name));
            }
            return number != null
                    ? Mono.just(SerialConnector.usb(number))
                    : Mono.error(new IllegalStateException("no port is set: call port(name) first"));
        });
    }

    /** For one subscription: the connector remembers the device. */
    Mono<ProxyClient> connect(SerialConnector serial) {
        if (seeksBaudRate) {
            return client(new SpeedSearch(link, (baud, config) -> attempt(serial, baud, config)).connect());
        }
        return client(attempt(serial, baudRate, link));
    }

    private Mono<Connection> attempt(SerialConnector serial, int baud, LinkConfig config) {
        Bootstrap bootstrap = bootstrap(baud);
        return serial.address().flatMap(address -> ConnectAttempt.over(bootstrap, address, config));
    }

    private Bootstrap bootstrap(int baud) {
        return SerialConnector.bootstrap(baud, options).group(loopResources().onClient(LoopResources.DEFAULT_NATIVE));
    }

    /**
     * Connects over a channel of any transport, which the client owns; a client that reconnects makes another one of it.
     *
     * @param bootstrap makes the channels; its handler, if any, is put before all others (and must be sharable if the client is to
     *     reconnect)
     * @param address what they connect to
     * @return one client for each subscription; cancelling closes the channel
     */
    public Mono<ProxyClient> connect(Bootstrap bootstrap, SocketAddress address) {
        return client(ConnectAttempt.over(bootstrap, address, link));
    }

    /**
     * Connects over a channel that somebody else owns: new, being registered, or active, with nothing in its pipeline that minds
     * bytes. The client puts its handlers there; its {@code close()} ends the session, and the owner closes the channel, which
     * is of no more use then. Such a client does not reconnect.
     *
     * @return the client; can be subscribed to once
     */
    public Mono<ProxyClient> connect(Channel channel) {
        SpeedNegotiation speeds = new SpeedNegotiation(fasterBaudRates);
        return ConnectAttempt.over(channel, link).flatMap(speeds::speedUp).map(first -> client(first, null));
    }

    private Mono<ProxyClient> client(Mono<Connection> sessions) {
        return Mono.defer(() -> {
            SpeedNegotiation speeds = new SpeedNegotiation(fasterBaudRates);
            Mono<Connection> connecting = sessions.flatMap(speeds::speedUp);
            return connecting.map(first -> client(first, connecting));
        });
    }

    private ProxyClient client(Connection first, @Nullable Mono<Connection> connecting) {
        LinkHealthSource health = new LinkHealthSource();
        DeviceEvents events = new DeviceEvents();
        health.watch(first);
        events.watch(first);
        AtomicReference<Connection> last = new AtomicReference<>(first);
        // A port that is still being closed would look as if another program had it.
        Mono<Connection> next = connecting == null
                ? null
                : Mono.defer(() -> last.get().closed()).then(connecting).doOnNext(connection -> {
                    last.set(connection);
                    health.watch(connection);
                    events.watch(connection);
                });
        Reconnection reconnection = new Reconnection(first, next, reconnect, whileDown);
        ProxyClient client = new ProxyClient(reconnection, health, events, requestTimeout, loopResources());
        reconnection.start();
        return client;
    }

    private LoopResources loopResources() {
        return loops != null ? loops : TcpResources.get();
    }
}
