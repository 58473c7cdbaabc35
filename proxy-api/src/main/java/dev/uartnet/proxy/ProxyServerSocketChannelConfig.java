package dev.uartnet.proxy;

import static dev.uartnet.proxy.ProxyChannelOption.DEVICE_TLS;
import static io.netty.channel.ChannelOption.SO_BACKLOG;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link ProxyServerSocketChannel}.
 *
 * <table>
 * <caption>options beyond those of every channel</caption>
 * <tr><th>option</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code SO_BACKLOG}</td><td>0</td><td>connections that wait in the device for a {@code read()}; 0: as many as the device likes</td></tr>
 * <tr><td>{@code SO_REUSEADDR}</td><td>true</td><td>the port may be bound though connections of an earlier listener are not forgotten yet</td></tr>
 * <tr><td>{@code SO_RCVBUF}</td><td>65,536 bytes</td><td>first receive window of the connections that come in; see {@link
 * ProxySocketChannelConfig}</td></tr>
 * <tr><td>{@link ProxyChannelOption#DEVICE_TLS}</td><td></td><td>TLS of the connections that come in ends on the device</td></tr>
 * <tr><td>{@code CONNECT_TIMEOUT_MILLIS}</td><td>30,000 ms</td><td>how long {@code bind} may take, waiting for a session included; 0: any time</td></tr>
 * </table>
 *
 * <p>All of these must be set before {@code bind}. Options of children ({@code childOption}) are those of {@link ProxySocketChannelConfig}.
 */
public final class ProxyServerSocketChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {
    private final ProxyServerSocketChannel socket;

    private volatile int backlog;
    private volatile int receiveWindow = ProxySocketChannelConfig.RECEIVE_WINDOW_BYTES;
    private volatile boolean reuseAddress = true;
    private volatile @Nullable DeviceTls deviceTls;

    ProxyServerSocketChannelConfig(ProxyServerSocketChannel socket) {
        super(socket, new ServerChannelRecvByteBufAllocator());
        this.socket = socket;
    }

    /** Returns what is asked of the device's socket (PROTOCOL.md, section 8). */
    Map<String, Object> remoteOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("credit", receiveWindow);
        if (!reuseAddress) {
            options.put("reuse_address", false);
        }
        return options;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), SO_RCVBUF, SO_REUSEADDR, SO_BACKLOG, DEVICE_TLS);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (SO_RCVBUF.equals(option)) {
            return (T) Integer.valueOf(receiveWindow);
        }
        if (SO_REUSEADDR.equals(option)) {
            return (T) Boolean.valueOf(reuseAddress);
        }
        if (SO_BACKLOG.equals(option)) {
            return (T) Integer.valueOf(backlog);
        }
        if (DEVICE_TLS.equals(option)) {
            return (T) deviceTls;
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (SO_RCVBUF.equals(option)) {
            setReceiveBufferSize((Integer) value);
        } else if (SO_REUSEADDR.equals(option)) {
            setReuseAddress((Boolean) value);
        } else if (SO_BACKLOG.equals(option)) {
            setBacklog((Integer) value);
        } else if (DEVICE_TLS.equals(option)) {
            setDeviceTls((DeviceTls) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Nullable
    DeviceTls deviceTls() {
        return deviceTls;
    }

    private void setDeviceTls(DeviceTls tls) {
        socket.requireNotBound("DEVICE_TLS");
        deviceTls = tls; // also a wrong one: then bind fails, and nobody is served in the clear who wanted TLS
        if (!tls.isServer()) {
            throw new IllegalArgumentException(DeviceTls.NOT_FOR_LISTENERS);
        }
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    @Override
    public ProxyServerSocketChannelConfig setBacklog(int connections) {
        if (connections < 0) {
            throw new IllegalArgumentException("SO_BACKLOG must not be negative: " + connections);
        }
        socket.requireNotBound("SO_BACKLOG");
        backlog = connections;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public ProxyServerSocketChannelConfig setReuseAddress(boolean on) {
        socket.requireNotBound("SO_REUSEADDR");
        reuseAddress = on;
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveWindow;
    }

    @Override
    public ProxyServerSocketChannelConfig setReceiveBufferSize(int bytes) {
        ProxySocketChannelConfig.requireWindow(bytes);
        socket.requireNotBound("SO_RCVBUF");
        receiveWindow = bytes;
        return this;
    }

    /** @throws UnsupportedOperationException always: the protocol has no such option */
    @Override
    public ProxyServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        throw new UnsupportedOperationException("performance preferences cannot be set on a socket of the device");
    }

    @Override
    protected void autoReadCleared() {
        socket.clearReadPending();
    }

    @Override
    public ProxyServerSocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ProxyServerSocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ProxyServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    @Deprecated
    public ProxyServerSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    @Deprecated
    public ProxyServerSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }
}
