package dev.uartnet.proxy;

import static dev.uartnet.proxy.ProxyChannelOption.DEVICE_TLS;
import static io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE;
import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_KEEPALIVE;
import static io.netty.channel.ChannelOption.SO_LINGER;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;
import static io.netty.channel.ChannelOption.TCP_NODELAY;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link ProxySocketChannel}.
 *
 * <table>
 * <caption>options beyond those of every channel</caption>
 * <tr><th>option</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code SO_RCVBUF}</td><td>65,536 bytes</td><td>receive window: bytes that the device sends ahead of what was read; 1,024 to 16 MiB. It grows at once,
 * and shrinks as bytes are read</td></tr>
 * <tr><td>{@code SO_SNDBUF}</td><td>16,384 bytes</td><td>send buffer: written bytes that wait for the line</td></tr>
 * <tr><td>{@code SO_LINGER}</td><td>-1</td><td>seconds that a closed channel may take to send its buffer; -1: 30 s; 0: drops it and resets the connection</td></tr>
 * <tr><td>{@code ALLOW_HALF_CLOSURE}</td><td>false</td><td>the end of the input does not close the channel</td></tr>
 * <tr><td>{@code TCP_NODELAY}, {@code SO_KEEPALIVE}, {@code SO_REUSEADDR}</td><td>the device's</td><td>asked of the device's socket if set; connect fails if
 * it has not got the option</td></tr>
 * <tr><td>{@link ProxyChannelOption#DEVICE_TLS}</td><td></td><td>TLS ends on the device; to be set before connect</td></tr>
 * <tr><td>{@code IP_TOS}</td><td></td><td>not supported: throws</td></tr>
 * </table>
 *
 * <p>All others may be changed at any time, by any thread. What is asked of the device when the channel is connected already (which is so for
 * every {@code childOption}) is set a round trip later; if the device refuses, that is logged as a warning, as a bootstrap does with options
 * that cannot be set, and the getter has the value from before. An option that is not in the table is unknown: {@code setOption} returns false.
 */
public final class ProxySocketChannelConfig extends DefaultChannelConfig implements SocketChannelConfig {
    static final int RECEIVE_WINDOW_BYTES = 65_536;
    private static final int RECEIVE_WINDOW_BYTES_MIN = 1_024;
    private static final int RECEIVE_WINDOW_BYTES_MAX = 16 << 20;
    /** About 16 frames: enough to keep the line busy over a hop between event loops. */
    private static final int SEND_BUFFER_BYTES = 16_384;

    private static final String NO_DELAY = "no_delay";
    private static final String KEEP_ALIVE = "keep_alive";
    private static final String REUSE_ADDRESS = "reuse_address";

    private static final Duration LINGER = Duration.ofSeconds(30);

    private final ProxySocketChannel socket;

    private volatile int receiveWindow = RECEIVE_WINDOW_BYTES;
    private volatile int sendBuffer = SEND_BUFFER_BYTES;
    private volatile int lingerSeconds = -1;
    private volatile boolean allowHalfClosure;
    private volatile @Nullable Boolean noDelay;
    private volatile @Nullable Boolean keepAlive;
    private volatile @Nullable Boolean reuseAddress;
    private volatile @Nullable DeviceTls deviceTls;

    ProxySocketChannelConfig(ProxySocketChannel socket) {
        super(socket);
        this.socket = socket;
    }

    /** Returns what is asked of the device's socket (PROTOCOL.md, section 8). */
    Map<String, Object> remoteOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        put(options, NO_DELAY, noDelay);
        put(options, KEEP_ALIVE, keepAlive);
        put(options, REUSE_ADDRESS, reuseAddress);
        return options;
    }

    private static void put(Map<String, Object> options, String name, @Nullable Boolean value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    /** The device has refused a value: unless there is another one meanwhile, the one before holds. */
    void refused(String name, Object value, @Nullable Object before) {
        Boolean old = (Boolean) before;
        switch (name) {
            case NO_DELAY -> noDelay = value.equals(noDelay) ? old : noDelay;
            case KEEP_ALIVE -> keepAlive = value.equals(keepAlive) ? old : keepAlive;
            case REUSE_ADDRESS -> reuseAddress = value.equals(reuseAddress) ? old : reuseAddress;
            default -> throw new IllegalArgumentException(name);
        }
    }

    /** Returns how long a closed channel may take to send its buffer; zero: it is dropped. */
    Duration linger() {
        return lingerSeconds < 0 ? LINGER : Duration.ofSeconds(lingerSeconds);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                SO_RCVBUF,
                SO_SNDBUF,
                SO_LINGER,
                ALLOW_HALF_CLOSURE,
                TCP_NODELAY,
                SO_KEEPALIVE,
                SO_REUSEADDR,
                DEVICE_TLS);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (SO_RCVBUF.equals(option)) {
            return (T) Integer.valueOf(receiveWindow);
        }
        if (SO_SNDBUF.equals(option)) {
            return (T) Integer.valueOf(sendBuffer);
        }
        if (SO_LINGER.equals(option)) {
            return (T) Integer.valueOf(lingerSeconds);
        }
        if (ALLOW_HALF_CLOSURE.equals(option)) {
            return (T) Boolean.valueOf(allowHalfClosure);
        }
        if (TCP_NODELAY.equals(option)) {
            return (T) Boolean.valueOf(isTcpNoDelay());
        }
        if (SO_KEEPALIVE.equals(option)) {
            return (T) Boolean.valueOf(isKeepAlive());
        }
        if (SO_REUSEADDR.equals(option)) {
            return (T) Boolean.valueOf(isReuseAddress());
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
        } else if (SO_SNDBUF.equals(option)) {
            setSendBufferSize((Integer) value);
        } else if (SO_LINGER.equals(option)) {
            setSoLinger((Integer) value);
        } else if (ALLOW_HALF_CLOSURE.equals(option)) {
            setAllowHalfClosure((Boolean) value);
        } else if (TCP_NODELAY.equals(option)) {
            setTcpNoDelay((Boolean) value);
        } else if (SO_KEEPALIVE.equals(option)) {
            setKeepAlive((Boolean) value);
        } else if (SO_REUSEADDR.equals(option)) {
            setReuseAddress((Boolean) value);
        } else if (IP_TOS.equals(option)) {
            setTrafficClass((Integer) value);
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
        if (socket.isActive()) {
            // Who wants TLS must not get a connection in the clear, and many a caller only logs what this throws.
            socket.abort();
            throw new ChannelException(
                    "DEVICE_TLS must be set before the channel is connected; that of connections that"
                            + " come in is an option of their listener");
        }
        deviceTls = tls;
        if (tls.isServer()) {
            throw new IllegalArgumentException(DeviceTls.NOT_FOR_CONNECTIONS);
        }
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveWindow;
    }

    @Override
    public ProxySocketChannelConfig setReceiveBufferSize(int bytes) {
        requireWindow(bytes);
        receiveWindow = bytes;
        socket.optionsChanged();
        return this;
    }

    /** Refuses a receive window that cannot be. */
    static void requireWindow(int bytes) {
        if (bytes < RECEIVE_WINDOW_BYTES_MIN || bytes > RECEIVE_WINDOW_BYTES_MAX) {
            throw new IllegalArgumentException("SO_RCVBUF must be " + RECEIVE_WINDOW_BYTES_MIN + " to "
                    + RECEIVE_WINDOW_BYTES_MAX + " bytes: " + bytes);
        }
    }

    @Override
    public int getSendBufferSize() {
        return sendBuffer;
    }

    @Override
    public ProxySocketChannelConfig setSendBufferSize(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("SO_SNDBUF must be at least 1 byte: " + bytes);
        }
        sendBuffer = bytes;
        socket.optionsChanged();
        return this;
    }

    @Override
    public int getSoLinger() {
        return lingerSeconds;
    }

    @Override
    public ProxySocketChannelConfig setSoLinger(int seconds) {
        lingerSeconds = Math.max(-1, seconds);
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public ProxySocketChannelConfig setAllowHalfClosure(boolean allow) {
        allowHalfClosure = allow;
        return this;
    }

    /** {@inheritDoc} False when it is left to the device. */
    @Override
    public boolean isTcpNoDelay() {
        return Boolean.TRUE.equals(noDelay);
    }

    @Override
    public ProxySocketChannelConfig setTcpNoDelay(boolean on) {
        noDelay = on;
        socket.optionsChanged();
        return this;
    }

    /** {@inheritDoc} False when it is left to the device. */
    @Override
    public boolean isKeepAlive() {
        return Boolean.TRUE.equals(keepAlive);
    }

    @Override
    public ProxySocketChannelConfig setKeepAlive(boolean on) {
        keepAlive = on;
        socket.optionsChanged();
        return this;
    }

    /** {@inheritDoc} False when it is left to the device. */
    @Override
    public boolean isReuseAddress() {
        return Boolean.TRUE.equals(reuseAddress);
    }

    @Override
    public ProxySocketChannelConfig setReuseAddress(boolean on) {
        reuseAddress = on;
        socket.optionsChanged();
        return this;
    }

    /** Always 0: it cannot be set. */
    @Override
    public int getTrafficClass() {
        return 0;
    }

    /** @throws UnsupportedOperationException always: the protocol has no such option */
    @Override
    public ProxySocketChannelConfig setTrafficClass(int trafficClass) {
        throw new UnsupportedOperationException("IP_TOS cannot be set on a socket of the device");
    }

    /** @throws UnsupportedOperationException always: the protocol has no such option */
    @Override
    public ProxySocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        throw new UnsupportedOperationException("performance preferences cannot be set on a socket of the device");
    }

    @Override
    protected void autoReadCleared() {
        socket.clearReadPending();
    }

    @Override
    public ProxySocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ProxySocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ProxySocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }
}
