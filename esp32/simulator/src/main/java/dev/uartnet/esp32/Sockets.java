package dev.uartnet.esp32;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Makes the sockets of a session, which all read once when they are told to, and live on the device's event loop. */
final class Sockets {
    /** More than any datagram has. */
    private static final int DATAGRAM_BUFFER_BYTES = 65_536;

    private final EventLoop loop;
    private final IntUnaryOperator dataBytes;

    /** @param dataBytes what a frame for a channel had best carry now */
    Sockets(EventLoop loop, IntUnaryOperator dataBytes) {
        this.loop = loop;
        this.dataBytes = dataBytes;
    }

    /**
     * Makes the JDK read the files that it reads with the first socket of each kind: that would block an event loop. Not for event loops.
     */
    static void load() {
        try {
            new Socket().close();
            new ServerSocket().close();
            new java.net.DatagramSocket(null).close();
        } catch (IOException e) {
            // No sockets now; whoever asks for one is told.
        }
    }

    /** A socket to connect. */
    SocketChannel connection(int channel, Map<ChannelOption<?>, Object> options) throws DeviceException {
        NioSocketChannel socket = new NioSocketChannel();
        prepare(socket, channel, options);
        return socket;
    }

    /** A socket that a listener has taken from the network. */
    void prepare(SocketChannel socket, int channel, Map<ChannelOption<?>, Object> options) throws DeviceException {
        socket.config().setRecvByteBufAllocator(new FrameSizedReads(() -> dataBytes.applyAsInt(channel)));
        socket.config().setAllowHalfClosure(true);
        socket.config().setAutoClose(false); // after a failed write there may still be something to read
        Map<ChannelOption<?>, Object> all = new HashMap<>(options);
        all.putIfAbsent(ChannelOption.TCP_NODELAY, false); // as the system has it; Netty would set it
        register(socket, all);
    }

    /** Closes a connection so that the peer sees a reset: bytes may be missing. */
    static void reset(SocketChannel connection) {
        if (!connection.isOpen()) {
            return;
        }
        try {
            connection.config().setSoLinger(0);
        } catch (ChannelException alreadyGone) {
            // Then there is nobody to be told.
        }
        if (connection.isRegistered()) {
            // Without TLS's close_notify, which would make it look whole.
            ChannelHandlerContext tls = connection.pipeline().context(SslHandler.class);
            ChannelFuture unused = tls == null ? connection.close() : tls.close();
        } else {
            connection.unsafe().closeForcibly();
        }
    }

    /** A socket to listen; takes one connection at a time while it reads. */
    ServerSocketChannel listener(InetAddress address, Map<ChannelOption<?>, Object> options) throws DeviceException {
        try {
            NioServerSocketChannel socket = new NioServerSocketChannel(SelectorProvider.provider(), family(address));
            socket.config().setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1));
            register(socket, options);
            return socket;
        } catch (ChannelException e) {
            throw DeviceException.ofSocket(e);
        }
    }

    /** A socket for datagrams. */
    DatagramSocket datagrams(InetAddress address, Map<ChannelOption<?>, Object> options) throws DeviceException {
        DatagramChannel raw;
        try {
            raw = SelectorProvider.provider()
                    .openDatagramChannel(family(address).toJdkFamily());
        } catch (IOException e) {
            throw DeviceException.ofSocket(e);
        }
        NioDatagramChannel socket = new NioDatagramChannel(raw);
        socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(DATAGRAM_BUFFER_BYTES));
        register(socket, options);
        return new DatagramSocket(socket, raw);
    }

    /** One for IPv4 is no other's: else the JDK would open all for IPv6, and bind to all that both have. */
    private static SocketProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    private void register(Channel socket, Map<ChannelOption<?>, Object> options) throws DeviceException {
        try {
            socket.config().setAutoRead(false);
            socket.config().setOptions(options);
        } catch (ChannelException e) {
            socket.unsafe().closeForcibly();
            throw DeviceException.ofSocket(e);
        }
        ChannelFuture registered = loop.register(socket); // which is done at once: this is the loop
        if (registered.cause() != null) {
            throw DeviceException.ofSocket(registered.cause());
        }
    }
}
