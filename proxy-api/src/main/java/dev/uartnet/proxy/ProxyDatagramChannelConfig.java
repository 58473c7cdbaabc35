package dev.uartnet.proxy;

import static io.netty.channel.ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION;
import static io.netty.channel.ChannelOption.IP_MULTICAST_ADDR;
import static io.netty.channel.ChannelOption.IP_MULTICAST_IF;
import static io.netty.channel.ChannelOption.IP_MULTICAST_LOOP_DISABLED;
import static io.netty.channel.ChannelOption.IP_MULTICAST_TTL;
import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_BROADCAST;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link ProxyDatagramChannel}.
 *
 * <table>
 * <caption>options beyond those of every channel</caption>
 * <tr><th>option</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code SO_RCVBUF}</td><td>131,072 bytes</td><td>receive window: what the device sends ahead of what was read, 24 bytes more for
 *   each datagram; 1,024 to 16 MiB. Longer datagrams than three quarters of it may be dropped</td></tr>
 * <tr><td>{@code SO_SNDBUF}</td><td>16,384 bytes</td><td>send buffer: written datagrams that wait for the line, 24 bytes more each; one
 *   that is longer has it for itself</td></tr>
 * <tr><td>{@code SO_BROADCAST}, {@code SO_REUSEADDR}</td><td>the device's</td><td>asked of the device's socket if set; bind fails if it has not
 *   got the option</td></tr>
 * <tr><td>{@code DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION}</td><td>false</td><td>active as soon as it is registered; the first write binds it</td></tr>
 * <tr><td>{@code CONNECT_TIMEOUT_MILLIS}</td><td>30,000</td><td>how long a bind may take, the waiting for a session included; 0: any time</td></tr>
 * <tr><td>{@code IP_TOS}, {@code IP_MULTICAST_*}</td><td></td><td>not supported: throws</td></tr>
 * </table>
 *
 * <p>All but {@code DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION} may be changed at any time, by any thread. What is asked of the device when the
 * channel is bound already is set a round trip later; if the device refuses, that is logged as a warning, and the getter has the value from
 * before. An option that is not in the table is unknown: {@code setOption} returns false.
 */
public final class ProxyDatagramChannelConfig extends DefaultChannelConfig implements DatagramChannelConfig {
    /** A datagram as long as UDP allows fits its three quarters: up to a quarter may be read and not yet granted again. */
    private static final int RECEIVE_WINDOW_BYTES = 131_072;

    private static final int RECEIVE_WINDOW_BYTES_MIN = 1_024;
    private static final int RECEIVE_WINDOW_BYTES_MAX = 16 << 20;
    /** About 16 frames: enough to keep the line busy over a hop between event loops. */
    private static final int SEND_BUFFER_BYTES = 16_384;
    /** What somebody who counts on the allocator's guess may expect: no datagram is cut to it. */
    private static final int DATAGRAM_BYTES = 2_048;

    private static final String BROADCAST = "broadcast";
    private static final String REUSE_ADDRESS = "reuse_address";

    private final ProxyDatagramChannel socket;

    private volatile int receiveWindow = RECEIVE_WINDOW_BYTES;
    private volatile int sendBuffer = SEND_BUFFER_BYTES;
    private volatile boolean activeOnRegistration;
    private volatile @Nullable Boolean broadcast;
    private volatile @Nullable Boolean reuseAddress;

    ProxyDatagramChannelConfig(ProxyDatagramChannel socket) {
        super(socket, new FixedRecvByteBufAllocator(DATAGRAM_BYTES));
        this.socket = socket;
    }

    /** Returns what is asked of the device's socket (PROTOCOL.md, section 8). */
    Map<String, Object> remoteOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        put(options, BROADCAST, broadcast);
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
            case BROADCAST -> broadcast = value.equals(broadcast) ? old : broadcast;
            case REUSE_ADDRESS -> reuseAddress = value.equals(reuseAddress) ? old : reuseAddress;
            default -> throw new IllegalArgumentException(name);
        }
    }

    boolean isActiveOnRegistration() {
        return activeOnRegistration;
    }

    @SuppressWarnings("deprecation")
    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                SO_RCVBUF,
                SO_SNDBUF,
                SO_BROADCAST,
                SO_REUSEADDR,
                DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION);
    }

    @SuppressWarnings({"unchecked", "deprecation"})
    @Override
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (SO_RCVBUF.equals(option)) {
            return (T) Integer.valueOf(receiveWindow);
        }
        if (SO_SNDBUF.equals(option)) {
            return (T) Integer.valueOf(sendBuffer);
        }
        if (SO_BROADCAST.equals(option)) {
            return (T) Boolean.valueOf(isBroadcast());
        }
        if (SO_REUSEADDR.equals(option)) {
            return (T) Boolean.valueOf(isReuseAddress());
        }
        if (DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION.equals(option)) {
            return (T) Boolean.valueOf(activeOnRegistration);
        }
        return super.getOption(option);
    }

    @SuppressWarnings("deprecation")
    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (SO_RCVBUF.equals(option)) {
            setReceiveBufferSize((Integer) value);
        } else if (SO_SNDBUF.equals(option)) {
            setSendBufferSize((Integer) value);
        } else if (SO_BROADCAST.equals(option)) {
            setBroadcast((Boolean) value);
        } else if (SO_REUSEADDR.equals(option)) {
            setReuseAddress((Boolean) value);
        } else if (DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION.equals(option)) {
            if (socket.isRegistered()) {
                throw new IllegalStateException(option + " must be set before the channel is registered");
            }
            activeOnRegistration = (Boolean) value;
        } else if (IP_TOS.equals(option)
                || IP_MULTICAST_ADDR.equals(option)
                || IP_MULTICAST_IF.equals(option)
                || IP_MULTICAST_LOOP_DISABLED.equals(option)
                || IP_MULTICAST_TTL.equals(option)) {
            throw unsupported(option.name());
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    private static UnsupportedOperationException unsupported(String option) {
        return new UnsupportedOperationException(option + " cannot be set on a datagram socket of the device");
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveWindow;
    }

    @Override
    public ProxyDatagramChannelConfig setReceiveBufferSize(int bytes) {
        if (bytes < RECEIVE_WINDOW_BYTES_MIN || bytes > RECEIVE_WINDOW_BYTES_MAX) {
            throw new IllegalArgumentException("SO_RCVBUF must be " + RECEIVE_WINDOW_BYTES_MIN + " to "
                    + RECEIVE_WINDOW_BYTES_MAX + " bytes: " + bytes);
        }
        receiveWindow = bytes;
        socket.optionsChanged();
        return this;
    }

    @Override
    public int getSendBufferSize() {
        return sendBuffer;
    }

    @Override
    public ProxyDatagramChannelConfig setSendBufferSize(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("SO_SNDBUF must be at least 1 byte: " + bytes);
        }
        sendBuffer = bytes;
        socket.optionsChanged();
        return this;
    }

    /** {@inheritDoc} False when it is left to the device. */
    @Override
    public boolean isBroadcast() {
        return Boolean.TRUE.equals(broadcast);
    }

    @Override
    public ProxyDatagramChannelConfig setBroadcast(boolean on) {
        broadcast = on;
        socket.optionsChanged();
        return this;
    }

    /** {@inheritDoc} False when it is left to the device. */
    @Override
    public boolean isReuseAddress() {
        return Boolean.TRUE.equals(reuseAddress);
    }

    @Override
    public ProxyDatagramChannelConfig setReuseAddress(boolean on) {
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
    public ProxyDatagramChannelConfig setTrafficClass(int trafficClass) {
        throw unsupported("IP_TOS");
    }

    /** Always false: there is no multicast. */
    @Override
    public boolean isLoopbackModeDisabled() {
        return false;
    }

    /** @throws UnsupportedOperationException always: there is no multicast */
    @Override
    public ProxyDatagramChannelConfig setLoopbackModeDisabled(boolean disabled) {
        throw unsupported("IP_MULTICAST_LOOP_DISABLED");
    }

    /** Always 0: there is no multicast. */
    @Override
    public int getTimeToLive() {
        return 0;
    }

    /** @throws UnsupportedOperationException always: there is no multicast */
    @Override
    public ProxyDatagramChannelConfig setTimeToLive(int ttl) {
        throw unsupported("IP_MULTICAST_TTL");
    }

    /** Always null: there is no multicast. */
    @Override
    public @Nullable InetAddress getInterface() {
        return null;
    }

    /** @throws UnsupportedOperationException always: there is no multicast */
    @Override
    public ProxyDatagramChannelConfig setInterface(InetAddress address) {
        throw unsupported("IP_MULTICAST_ADDR");
    }

    /** Always null: there is no multicast. */
    @Override
    public @Nullable NetworkInterface getNetworkInterface() {
        return null;
    }

    /** @throws UnsupportedOperationException always: there is no multicast */
    @Override
    public ProxyDatagramChannelConfig setNetworkInterface(NetworkInterface networkInterface) {
        throw unsupported("IP_MULTICAST_IF");
    }

    @Override
    protected void autoReadCleared() {
        socket.clearReadPending();
    }

    @Override
    public ProxyDatagramChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ProxyDatagramChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ProxyDatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }
}
