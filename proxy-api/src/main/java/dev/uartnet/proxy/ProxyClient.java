package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.Session;
import dev.uartnet.proxy.board.Device;
import dev.uartnet.proxy.board.DeviceClock;
import dev.uartnet.proxy.board.DeviceFiles;
import dev.uartnet.proxy.board.Pins;
import dev.uartnet.proxy.board.Wifi;
import dev.uartnet.proxy.objects.RemoteObjects;
import io.netty.channel.Channel;
import io.netty.channel.socket.ServerSocketChannel;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;
import reactor.netty.udp.UdpServer;

/**
 * A device on a serial line: its name resolution, its TCP and UDP sockets, and itself. Lives until it is closed, through any number of sessions.
 *
 * <pre>{@code
 * ProxyClient.connect("/dev/ttyUSB0")
 *         .flatMapMany(device -> device.httpClient()
 *                 .get()
 *                 .uri("http://example.org/")
 *                 .responseContent()
 *                 .asString()
 *                 .doFinally(end -> device.dispose()))
 * }</pre>
 *
 * <p>One client serves any number of threads and sockets at once. Publishers are lazy; they signal on the link's event loop (sockets:
 * on their own; what fails while there is no link: on a thread of Reactor's), which must not be blocked; a cancelled subscription
 * cancels the request on the device.
 *
 * <p><b>Recovery.</b> When the link is lost (the device reboots or falls silent, the port vanishes), the client connects again by itself, until it
 * is closed or {@link ProxyConnector#reconnect} gives up; {@link #states()} tells. Open sockets fail with {@link LinkLostException}. {@link
 * #ping}, {@link #info} and {@link #resolve}, which may run twice without harm, are repeated in the next session, within their
 * timeout. A connect is not, unless the device has surely not seen it; {@link LinkLostException#mayHaveRun()} tells. New requests and connects
 * wait, or fail at once: {@link ProxyConnector#whileDown}. A client over somebody else's channel cannot connect again: the first
 * loss is its end.
 *
 * <p><b>Errors</b> tell four cases apart. <i>The port cannot be opened</i>: the exception of the transport, from {@code connect}.
 * <i>The device does not answer</i>: {@link dev.uartnet.codec.link.NoAnswerException} (silent, garbage, or not our firmware) or
 * {@link dev.uartnet.codec.link.LinkResetException} (another version, busy), from {@code connect}. <i>The remote operation failed</i>:
 * {@link java.net.UnknownHostException}, {@link java.net.ConnectException} and so on (see {@link ProxySocketChannel}), else
 * {@link dev.uartnet.codec.request.RequestException}. <i>The link was lost</i>, or is down: {@link LinkLostException}, itself or as a cause.
 */
public final class ProxyClient extends ProxyNetwork {
    private final Reconnection link;
    private final LinkHealthSource health;
    private final DeviceEvents events;
    private final Duration requestTimeout;
    private final RemoteObjects objects;
    private final DeviceFiles files;

    ProxyClient(
            Reconnection link,
            LinkHealthSource health,
            DeviceEvents events,
            Duration requestTimeout,
            LoopResources loops) {
        super(link, requestTimeout, loops);
        this.link = link;
        this.health = health;
        this.events = events;
        this.requestTimeout = requestTimeout;
        this.objects = new RemoteObjects(requests());
        this.files = new DeviceFiles(this);
        link.onClose().subscribe(nothing -> {}, lost -> reactorNetty().dispose());
    }

    /**
     * Connects to the device on a serial port, with the defaults of {@link #connector()}.
     *
     * @param port the system's name for it: {@code /dev/ttyUSB0}, {@code COM3}
     */
    public static Mono<ProxyClient> connect(String port) {
        return connector().port(port).connect();
    }

    /**
     * Connects over a channel, with the defaults of {@link #connector()}; see {@link ProxyConnector#connect(Channel)}.
     *
     * @param channel carries bytes to the device and back; stays its owner's
     */
    public static Mono<ProxyClient> connect(Channel channel) {
        return connector().connect(channel);
    }

    /**
     * Connects to several devices and makes one network of them, with the defaults of {@link #connector()}.
     *
     * @param ports the system's names for them; see {@link ProxyConnector#pool(String...)}
     */
    public static Mono<ProxyPool> pool(String... ports) {
        return connector().pool(ports);
    }

    /** Returns what a connection is configured with, all at its defaults. */
    public static ProxyConnector connector() {
        return ProxyConnector.DEFAULT;
    }

    // ---- operations of the device

    /**
     * Measures a round trip to the device and back.
     *
     * @return the time from sending to answer (of the last attempt, if a lost session made it repeat); fails with {@link
     *     dev.uartnet.codec.request.RequestTimeoutException} after the {@link ProxyConnector#requestTimeout request timeout}, and with
     *     {@link LinkLostException} if there is no link then, or never again
     */
    public Mono<Duration> ping() {
        return ping(new byte[0]);
    }

    /**
     * Measures a round trip that carries bytes, and checks that they come back unchanged.
     *
     * @param payload at most about 1,000 bytes (the session's largest payload less 20)
     * @return as {@link #ping()}
     */
    public Mono<Duration> ping(byte[] payload) {
        return repeatable().ping(payload);
    }

    /** Asks the device about itself. */
    public Mono<DeviceInfo> info() {
        return repeatable().info();
    }

    /** Returns the device's operations by their numbers: what everything else here stands on, and the way to what has no method of its own. */
    public DeviceRequests requests() {
        return new DeviceRequests(link, requestTimeout, events);
    }

    // ---- objects and the board

    /** Returns the objects of the device's Python: its modules, functions, classes, and code that this host sends. */
    public RemoteObjects objects() {
        return objects;
    }

    /** Returns the device's Wi-Fi. */
    public Wifi wifi() {
        return new Wifi(this);
    }

    /** Returns the device's clock. */
    public DeviceClock clock() {
        return new DeviceClock(this);
    }

    /** Returns the device's pins. */
    public Pins pins() {
        return new Pins(this);
    }

    /** Returns the device itself: its health, its resets, what it logs. */
    public Device device() {
        return new Device(this, Mono.defer(() -> SerialConnector.pulseReset(channel())));
    }

    /** Returns the device's files. */
    public DeviceFiles files() {
        return files;
    }

    // ---- servers of the device; what opens sockets is in ProxyNetwork

    /**
     * Returns reactor-netty's TCP server on the device: it takes connections from the device's network.
     *
     * <p>Defaults are reactor-netty's: all the device's IPv4 addresses and any free port; {@code host} takes an address of the device (a
     * name would be resolved by this host), {@code port} a port of it. {@code bind} fails with reactor-netty's {@code
     * ChannelBindException}, whose cause is the {@link java.net.BindException} with what the device said. A server ends with its session: see
     * {@link ProxyServerSocketChannel}.
     */
    public TcpServer tcpServer() {
        return reactorNetty().tcpServer();
    }

    /**
     * Returns reactor-netty's UDP server on the device. As with any {@code UdpServer}, its default address is 127.0.0.1:12012, which only
     * the device itself could reach: {@code host("0.0.0.0")} is all its addresses.
     */
    public UdpServer udpServer() {
        return reactorNetty().udpServer();
    }

    /**
     * Returns reactor-netty's HTTP server on the device: with its TLS (which ends on this host), HTTP/2, WebSocket, routes. Defaults and
     * errors as {@link #tcpServer()}.
     */
    public HttpServer httpServer() {
        return reactorNetty().httpServer();
    }

    // ---- the link

    /** Returns the present session's channel, or the last one's: the serial port, or what was given to {@code connect}. */
    public Channel channel() {
        return link.channel();
    }

    /** Returns what the two ends have agreed on for the present session, or the last one. */
    public Session session() {
        return link.session();
    }

    /**
     * Returns the speed of the line, in baud: that of the present session at this moment, or of the last one. Means nothing where the
     * channel is no serial port.
     */
    public int baudRate() {
        return link.baudRate();
    }

    /**
     * Returns how the link fares: what was counted since the client came about, over all its sessions, and its round trips.
     *
     * @return a snapshot of the moment of subscription; never fails, also when the client is closed: then it is the last one
     */
    public Mono<LinkHealth> health() {
        return health.snapshot();
    }

    /**
     * Returns how the link fares, again and again: the first snapshot at once, then one each interval. A subscriber that is slower gets the
     * latest one when it asks for more, never a backlog; {@link LinkHealth#elapsed} tells how far two are apart.
     *
     * @param interval from one snapshot to the next one, positive
     * @return ends with a last snapshot when the client has been closed or its link was lost for good; never fails
     */
    public Flux<LinkHealth> health(Duration interval) {
        return health.every(interval, link.onClose());
    }

    /** Returns the link through all its sessions. */
    Reconnection link() {
        return link;
    }

    @Override
    ServerSocketChannel newListener() {
        return new ProxyServerSocketChannel(this);
    }

    @Override
    long features() {
        return session().features();
    }

    /**
     * Tells how the link stands: the present state at once, then each change; a subscriber that does not keep up gets the latest one. Signals
     * on the thread that changes it, which must not be blocked. Completes behind {@link LinkState.Kind#CLOSED}, also when the client has
     * failed.
     */
    public Flux<LinkState> states() {
        return link.states();
    }

    /**
     * Returns a {@code Mono} that completes when this client was closed from here, and fails with {@link LinkLostException} when the
     * link has ended by itself, and the client does not reconnect, or has given up.
     */
    @Override
    public Mono<Void> onClose() {
        return link.onClose();
    }

    /**
     * Ends the session, or the attempts to get the next one: the device closes all its sockets, what is under way or waits fails with {@link
     * LinkLostException}. Closes the port if this client opened it.
     *
     * @return completes when that is done; does it when subscribed, once
     */
    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            link.close();
            return onClose().onErrorComplete().then(reactorNetty().disposeLater());
        });
    }

    /** Returns whether this client is closed, for any reason; while it reconnects it is not. */
    @Override
    public boolean isDisposed() {
        return link.isOver();
    }

    @Override
    public String toString() {
        return "ProxyClient[" + session().agent() + " at " + channel() + "]";
    }
}
