package dev.uartnet.proxy;

import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPortLocator;
import dev.uartnet.transport.UartPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Where the device of one client is plugged in, and how its port is opened. The one place that knows of the system's serial ports;
 * everything else here works on any Netty channel.
 */
final class SerialConnector {
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

    @SuppressWarnings("unchecked")
    static Bootstrap bootstrap(int baudRate, Map<ChannelOption<?>, Object> options) {
        Bootstrap bootstrap = new Bootstrap().channel(UartChannel.class).option(UartChannelOption.BAUD_RATE, baudRate);
        options.forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        return bootstrap;
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
