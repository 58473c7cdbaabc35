package dev.uartnet.proxy;

import io.netty.channel.ChannelOption;

/**
 * The options of proxied sockets beside Netty's own.
 *
 * @param <T> the option's value
 */
public final class ProxyChannelOption<T> extends ChannelOption<T> {
    /**
     * TLS that ends on the device, of a {@link ProxySocketChannel} ({@link DeviceTls#client}) or a {@link ProxyServerSocketChannel} ({@link
     * DeviceTls#server}): a connection is there when its handshake is done. Default: none. To be set before connect or bind.
     */
    public static final ChannelOption<DeviceTls> DEVICE_TLS = valueOf(ProxyChannelOption.class, "DEVICE_TLS");

    @SuppressWarnings("deprecation") // the way that Netty's own option classes go
    private ProxyChannelOption() {
        super(null);
    }
}
