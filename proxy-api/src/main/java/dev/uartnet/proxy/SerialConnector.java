package dev.uartnet.proxy;

import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.net.SocketAddress;
import java.util.Map;

/** The one place that knows how the system's serial ports are opened; everything else here works on any Netty channel. */
final class SerialConnector {
    private SerialConnector() {}

    @SuppressWarnings("unchecked")
    static Bootstrap bootstrap(int baudRate, Map<ChannelOption<?>, Object> options) {
        Bootstrap bootstrap = new Bootstrap().channel(UartChannel.class).option(UartChannelOption.BAUD_RATE, baudRate);
        options.forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        return bootstrap;
    }

    static SocketAddress address(String port) {
        return new UartAddress(port);
    }
}
