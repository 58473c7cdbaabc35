package dev.uartnet.proxy;

import dev.uartnet.codec.link.LineSpeed;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.transport.ResetPulse;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPortLocator;
import dev.uartnet.transport.UartPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Where the device of one client is plugged in, and how its port is opened. The one place that knows of the system's serial ports;
 * everything else here works on any Netty channel.
 */
final class SerialConnector {
    /** The link reckons its times with no less. */
    private static final int LINK_BAUD_MIN = 300;

    private final UartPortLocator locator;

    SerialConnector(UartPortLocator locator) {
        this.locator = locator;
    }

    /** A device behind a port of this name. */
    static SerialConnector named(String port) {
        return new SerialConnector(UartPortLocator.named(port, UartPorts::list));
    }

    /** A device with this USB serial number. */
    static SerialConnector usb(String serialNumber) {
        return new SerialConnector(UartPortLocator.usb(serialNumber, UartPorts::list));
    }

    /** Returns where a port's name leads now, through symbolic links; the name itself, if there is no such file. */
    static String realName(String port) {
        try {
            return Path.of(port).toRealPath().toString();
        } catch (IOException | InvalidPathException e) {
            return port;
        }
    }

    @SuppressWarnings("unchecked")
    static Bootstrap bootstrap(int baudRate, Map<ChannelOption<?>, Object> options) {
        Bootstrap bootstrap = new Bootstrap().channel(UartChannel.class).option(UartChannelOption.BAUD_RATE, baudRate);
        options.forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        return bootstrap;
    }

    /** Returns the same as the channel's line needs it: the speed that the channel's port has. */
    static LinkConfig atSpeedOf(Channel channel, LinkConfig config) {
        return channel instanceof UartChannel uart
                ? config.withBaudRate(
                        Math.max(LINK_BAUD_MIN, uart.config().getSettings().baudRate()))
                : config;
    }

    /** Returns what sets the speed of the channel's line; null if it has none. */
    static @Nullable LineSpeed lineSpeed(Channel channel) {
        return channel instanceof UartChannel uart ? baud -> set(uart, baud) : null;
    }

    private static Future<?> set(UartChannel uart, int baud) {
        ChannelPromise done = uart.newPromise();
        // Behind all that was written: the port then waits until that has left.
        uart.pipeline().firstContext().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> uart.configure(
                        uart.config().getSettings().withBaudRate(baud))
                .addListener(set -> {
                    if (set.isSuccess()) {
                        done.setSuccess();
                    } else {
                        done.setFailure(set.cause());
                    }
                }));
        return done;
    }

    /** Resets the chip at the end of the channel's line by the port's control lines. */
    static Mono<Void> pulseReset(Channel channel) {
        if (!(channel instanceof UartChannel uart)) {
            return Mono.error(new UnsupportedOperationException(
                    "cannot pulse the reset line: " + channel + " is no serial port"));
        }
        return Mono.create(sink -> ResetPulse.on(uart).addListener(done -> {
            if (done.isSuccess()) {
                sink.success();
            } else {
                sink.error(done.cause());
            }
        }));
    }

    /** Opens the port, resets the chip at the end of its line, and closes the port. */
    Mono<Void> pulseReset(Bootstrap bootstrap) {
        return address()
                .filter(address -> !bootstrap.config().group().isShuttingDown())
                .switchIfEmpty(Mono.error(() -> ConnectAttempt.loopGone(locator)))
                .flatMap(address -> Mono.create(sink -> bootstrap
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(address)
                        .addListener((ChannelFutureListener) opened -> {
                            if (!opened.isSuccess()) {
                                sink.error(opened.cause());
                                return;
                            }
                            ResetPulse.on((UartChannel) opened.channel())
                                    .addListener(
                                            pulsed -> opened.channel().close().addListener(closed -> {
                                                if (pulsed.isSuccess()) {
                                                    sink.success();
                                                } else {
                                                    sink.error(pulsed.cause());
                                                }
                                            }));
                        })));
    }

    /** Returns where the device is now, sought anew for each subscription. Signals on a thread of Reactor's that may be blocked. */
    Mono<SocketAddress> address() {
        // Not cancelled while it runs: an interrupt would hit the loading of the native library.
        return Mono.fromFuture(
                () -> CompletableFuture.supplyAsync(this::locate, Schedulers.boundedElastic()::schedule), true);
    }

    private SocketAddress locate() {
        try {
            return locator.locate();
        } catch (UartException e) {
            throw new CompletionException(e);
        }
    }
}
