package dev.uartnet.esp32;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.objects.SimulatedFunction;
import dev.uartnet.esp32.objects.SimulatedObject;
import dev.uartnet.transport.UartPort;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ESP32 with the uartnet firmware, in Java: speaks the device's side of the protocol over any Netty channel or serial port, and
 * opens its sockets on this machine: TCP and TLS (1.2 and 1.3) in both directions, UDP, and names, over IPv4 and, where the machine has it,
 * IPv6. For unit tests of applications, and for demonstrations without a board.
 *
 * <pre>{@code
 * MemoryPort.Pair line = MemoryPort.pair();
 * try (VirtualEsp32 device = VirtualEsp32.builder()
 *         .names(NameService.of(Map.of("server.test", List.of(InetAddress.getLoopbackAddress()))))
 *         .start(line.b())) {
 *     // connect to line.a()
 * }
 * }</pre>
 *
 * <p>It has Wi-Fi, a clock, pins and files, too, which a test scripts: {@link #radio}, {@link #clock}, {@link #pins}, {@link #files}. At first it
 * is in a network.
 *
 * <p>Any number of hosts may come one after the other. It runs on one event loop of
 * its own, which {@link #close} ends.
 */
public final class VirtualEsp32 implements AutoCloseable {
    private static final int CLOSE_SECONDS_MAX = 5;

    private final Board board;
    private final DeviceSettings settings;
    private final NameLookups lookups;
    private final MultiThreadIoEventLoopGroup group;
    private final DeviceLines lines;

    private VirtualEsp32(Builder builder) {
        Policy policy = builder.policy();
        long objects = policy.allowsObjects() ? Feature.OBJECTS : 0;
        LinkConfig link = builder.link.withFeatures(builder.link.features() | features() | objects);
        int maxBaudRate = builder.maxBaudRate;
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("uartnet-device", true), NioIoHandler.newFactory());
        EventLoop loop = group.next();
        board = new Board(loop, builder.bootId, policy, builder.networkGrace.toNanos());
        board.chip().connect(this::reboot);
        settings = new DeviceSettings(
                builder.channels,
                builder.channelCredit(),
                builder.nameServers,
                builder.link.agent(),
                new TlsWorkers(),
                board,
                new ObjectScript(Map.copyOf(builder.modules), builder.interpreter, builder.handles),
                builder.gate);
        Sockets.load();
        lookups = new NameLookups(builder.names);
        lines = new DeviceLines(
                loop,
                link.baudRate(),
                channel -> new DeviceLine(
                        channel, link, maxBaudRate, board, () -> new LineHandler(settings, lookups, loop)));
    }

    /** What the sockets of this machine can do. */
    private static long features() {
        boolean ipv6 = NetUtil.NETWORK_INTERFACES.stream()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(Inet6Address.class::isInstance);
        return Feature.UDP | Feature.LISTEN | Feature.TLS | (ipv6 ? Feature.IPV6 : 0);
    }

    /** Returns a builder with the limits of a real device. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the random number of this device's boot, which {@code WELCOME} and {@code INFO} tell; each reset makes a new one. */
    public int bootId() {
        return board.boot().id();
    }

    /** Returns the air around the device: its Wi-Fi networks, and what happens to them. */
    public SimulatedRadio radio() {
        return board.radio();
    }

    /** Returns the device's pins, and what is around them. */
    public SimulatedPins pins() {
        return board.pins();
    }

    /** Returns the device's clock, and the NTP servers that it asks. */
    public SimulatedClock clock() {
        return board.clock();
    }

    /** Returns the device's file system. */
    public SimulatedFiles files() {
        return board.files();
    }

    /** The temperature of the chip, in degrees Celsius. From any thread. Default 40. */
    public void temperature(double celsius) {
        board.loop().run(() -> board.chip().celsius(celsius));
    }

    /**
     * Makes the firmware say something to all hosts: the event {@code LOG}. From any thread.
     *
     * @param level as in Python's logging: 10 debug, 20 info, 30 warning, 40 error, 50 critical
     */
    public void log(int level, String text) {
        board.loop().run(() -> board.log(level, text));
    }

    /**
     * Makes the device start again: its session ends without a word, its connections are reset, and it has another boot id. Files, saved networks
     * and the clock stay, and pins where it is a soft reset. From any thread; returns when the reset has begun.
     *
     * @param hard as by the button on the board; else the interpreter alone
     */
    public void reset(boolean hard) {
        board.loop().run(() -> board.chip().reset(hard ? Boot.HARD : Boot.SOFT));
    }

    /** Returns why the device has started again so far, as {@code reset_reason} of {@code INFO}, each time. */
    public List<String> resets() {
        return board.loop().call(() -> board.chip().resets());
    }

    /**
     * Makes the firmware hang: it says nothing any more, until its watchdog, if a host has set one, or {@link #reset} starts it again. From any
     * thread.
     */
    public void hang() {
        board.loop().run(() -> {
            var unused = lines.halt();
            board.chip().hang();
        });
    }

    /** On the device's event loop. */
    private void reboot(String why) {
        lines.halt().addListener(done -> {
            board.restart(why);
            lines.restart();
        });
    }

    /**
     * Makes the device serve a line that some channel carries: its handlers join the channel's pipeline at the end. From any
     * thread; {@link #close} closes the channel.
     *
     * @param channel carries bytes; may run on any event loop
     * @return completes when the handlers are in place
     */
    public Future<?> attach(Channel channel) {
        if (channel.eventLoop().inEventLoop()) {
            lines.add(channel);
            return channel.newSucceededFuture();
        }
        return channel.eventLoop().submit(() -> lines.add(channel));
    }

    /**
     * Makes the device serve the line behind a port. Blocks until the port is open: not for event loops.
     *
     * @param port a port that nobody has opened yet; the device closes it
     * @return the channel over that port
     * @throws IOException the port cannot be opened
     */
    public Channel serve(UartPort port) throws IOException {
        return lines.open(port);
    }

    /**
     * Makes the device serve a pseudo terminal of its own, which ends with {@link #close}.
     *
     * <p>The system gives the path to the next pseudo terminal of any program then: close clients first, for one that reconnects by itself
     * would connect to that.
     *
     * @return the path for hosts to open as a serial port; it may be opened and closed any number of times
     * @throws IOException the system has no pseudo terminal left
     * @throws UnsupportedOperationException on Windows
     */
    public String servePty() throws IOException {
        return lines.openTerminal();
    }

    /**
     * Switches the device off: lines are closed, connections are reset, its threads end. Blocks until that is done, at most some
     * seconds: not for event loops.
     */
    @Override
    public void close() {
        lines.close(CLOSE_SECONDS_MAX);
        lookups.close();
        settings.tls().close();
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** What a device is like. Not for several threads at once. */
    public static final class Builder {
        /** Of a channel, by default, on a line of usual speed. */
        private static final int CREDIT_MIN = 8192;

        private LinkConfig link = LinkConfig.device();
        private int maxBaudRate = 921_600;
        private int channels = 64;
        /** 0: by the line's speed. */
        private int channelCredit;

        private int bootId = ThreadLocalRandom.current().nextInt();
        private NameService names = NameService.system();
        private List<String> nameServers = List.of();
        private Duration networkGrace = Duration.ofSeconds(10);
        private @Nullable Policy policy;
        private final Map<String, SimulatedObject> modules = new LinkedHashMap<>();
        private @Nullable SimulatedFunction interpreter;
        private int handles = 1024;
        private @Nullable RequestGate gate;

        private Builder() {}

        /** What the device offers of the link: window, buffer, keepalive, agent. Default {@link LinkConfig#device()}; for another speed
         * {@link LinkConfig#device(int)}. */
        public Builder link(LinkConfig offer) {
            link = offer;
            return this;
        }

        /**
         * The highest speed that the device lets a host raise its line to, in baud; 0: none. Default 921,600, as the firmware's. Between
         * sessions it listens at the {@link LinkConfig#baudRate()} of its link.
         */
        public Builder maxBaudRate(int baud) {
            if (baud < 0) {
                throw new IllegalArgumentException("maxBaudRate must not be negative: " + baud);
            }
            maxBaudRate = baud;
            return this;
        }

        /** How many channels (connections, listeners, datagram sockets) may be open at once, 1 to 32,768. Default 64. */
        public Builder channels(int max) {
            if (max < 1 || max > 32_768) {
                throw new IllegalArgumentException("channels must be 1 to 32768: " + max);
            }
            channels = max;
            return this;
        }

        /**
         * How many bytes a host may have on their way in one channel, 1 to 16,777,216. Default 8,192, or, if that is more, what the line carries in twice the
         * {@link LinkConfig#PIPE_TIME}, by the speed of {@link #link}: 38,400 at 12,000,000 baud. The device's memory for
         * channels is at most this, and a frame, for each; with TLS a record (16 KiB) instead of the frame.
         *
         * <p>A datagram socket has at least 2,048. Its largest datagram, which the answer to {@code UDP_BIND} tells, is what three
         * quarters of this leave when its cost besides its bytes (24) is taken away: 3,048 bytes with the default.
         */
        public Builder channelCredit(int bytes) {
            if (bytes < 1 || bytes > DeviceSession.CREDIT_MAX) {
                throw new IllegalArgumentException("channelCredit must be 1 to 16777216: " + bytes);
            }
            channelCredit = bytes;
            return this;
        }

        private int channelCredit() {
            return channelCredit > 0
                    ? channelCredit
                    : Math.max(CREDIT_MIN, link.lineBytes(LinkConfig.PIPE_TIME.multipliedBy(2)));
        }

        /** The number of this boot, unsigned. Default random. */
        public Builder bootId(int id) {
            bootId = id;
            return this;
        }

        /** Which hosts exist, and where they lead. Default {@link NameService#system()}. */
        public Builder names(NameService service) {
            names = service;
            return this;
        }

        /** The name servers that the device tells a host of. It does not ask them itself: {@link #names} does. Default none. */
        public Builder nameServers(InetSocketAddress... servers) {
            nameServers =
                    Arrays.stream(servers).map(NetUtil::toSocketAddressString).toList();
            return this;
        }

        /** Who delays or denies requests. Default: nobody. */
        public Builder gate(RequestGate requests) {
            gate = requests;
            return this;
        }

        /**
         * What a host may do besides sockets, as {@code "allow"} of the firmware's configuration says it. Default {@code wifi}, {@code clock},
         * {@code pins}, {@code device}, and what was scripted by {@link #module} and {@link #evaluate}.
         *
         * @param words of {@code wifi}, {@code clock}, {@code pins}, {@code device} (reset, watchdog), {@code files}, {@code exec} (to
         *     evaluate and execute code), names of modules that may be imported; or {@code everything}; or none
         */
        public Builder allow(String... words) {
            policy = Policy.of(words);
            return this;
        }

        /**
         * How long connections survive when the device has lost its Wi-Fi network. Default 10 s, as PROTOCOL.md says; a test may want to wait
         * less.
         */
        public Builder networkGrace(Duration time) {
            networkGrace = time;
            return this;
        }

        private Policy policy() {
            if (policy != null) {
                return policy;
            }
            Policy scripted = Policy.DEFAULT.and(modules.keySet());
            return interpreter == null ? scripted : scripted.and(Set.of(Policy.EXEC));
        }

        /**
         * A module that hosts may import and use as remote objects; see {@link dev.uartnet.esp32.objects.ScriptedObject#module}. A device that has none, and
         * allows none, does not offer them.
         *
         * @param name as a host imports it, may have dots
         * @param module its attributes, functions and classes
         */
        public Builder module(String name, SimulatedObject module) {
            modules.put(name, module);
            return this;
        }

        /**
         * What evaluates and executes code: a function of one argument, the code. For a statement its result is dropped. Default: none, for the simulator runs no
         * Python; hosts are told so.
         */
        public Builder evaluate(SimulatedFunction code) {
            interpreter = code;
            return this;
        }

        /** How many objects a host may hold by handles at once, at least 64. Default 1,024. */
        public Builder handles(int max) {
            if (max < 64) {
                throw new IllegalArgumentException("handles must be at least 64: " + max);
            }
            handles = max;
            return this;
        }

        /** Builds a device that serves no line yet. */
        public VirtualEsp32 build() {
            return new VirtualEsp32(this);
        }

        /**
         * Builds a device that serves the line behind a port; see {@link VirtualEsp32#serve}.
         *
         * @throws IOException the port cannot be opened
         */
        public VirtualEsp32 start(UartPort port) throws IOException {
            VirtualEsp32 device = build();
            try {
                device.serve(port);
                return device;
            } catch (IOException | RuntimeException e) {
                device.close();
                throw e;
            }
        }
    }
}
