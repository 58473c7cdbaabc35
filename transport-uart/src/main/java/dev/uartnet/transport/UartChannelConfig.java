package dev.uartnet.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.PreferHeapByteBufAllocator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link UartChannel}. Any thread may read and set it. What each option means, its default and
 * whether it can be set while the channel is open, is said at {@link UartChannelOption}; a value out of range throws
 * {@link IllegalArgumentException}.
 */
public final class UartChannelConfig extends DefaultChannelConfig {
    private static final int DEFAULT_READ_BUFFER_SIZE = 64 * 1024;
    private static final int MAX_READ_BUFFER_SIZE = 16 * 1024 * 1024;

    private final UartChannel uart;
    private final Map<ChannelOption<?>, Access> accessors;
    private final ByteBufAllocator directFirst;
    private final ByteBufAllocator heapFirst;
    private volatile UartSettings settings = UartSettings.DEFAULT;
    private volatile boolean allowResetOnOpen;
    private volatile int readBufferSize = DEFAULT_READ_BUFFER_SIZE;

    UartChannelConfig(UartChannel channel) {
        super(channel);
        uart = channel;
        accessors = accessors();
        directFirst = getAllocator();
        heapFirst = new PreferHeapByteBufAllocator(directFirst);
        setAllocator(heapFirst);
    }

    /** Threads read and write byte arrays, an event loop memory outside the heap. An allocator that the user has set stays. */
    void preferDirectBuffers(boolean direct) {
        if (getAllocator() == (direct ? heapFirst : directFirst)) {
            setAllocator(direct ? directFirst : heapFirst);
        }
    }

    /** An option of this class: how it is read and set. */
    private record Access(Supplier<Object> get, Consumer<Object> set) {}

    private Map<ChannelOption<?>, Access> accessors() {
        Map<ChannelOption<?>, Access> table = new HashMap<>();
        add(table, UartChannelOption.BAUD_RATE, () -> settings.baudRate(), this::setBaudRate);
        add(table, UartChannelOption.DATA_BITS, () -> settings.dataBits(), this::setDataBits);
        add(table, UartChannelOption.STOP_BITS, () -> settings.stopBits(), this::setStopBits);
        add(table, UartChannelOption.PARITY, () -> settings.parity(), this::setParity);
        add(table, UartChannelOption.FLOW_CONTROL, () -> settings.flowControl(), this::setFlowControl);
        add(table, UartChannelOption.DTR, () -> settings.dtr(), this::setDtr);
        add(table, UartChannelOption.RTS, () -> settings.rts(), this::setRts);
        add(table, UartChannelOption.ALLOW_RESET_ON_OPEN, this::isAllowResetOnOpen, this::setAllowResetOnOpen);
        add(table, UartChannelOption.READ_BUFFER_SIZE, this::getReadBufferSize, this::setReadBufferSize);
        return table;
    }

    @SuppressWarnings("unchecked") // an option's type is its value's
    private static <T> void add(
            Map<ChannelOption<?>, Access> table, ChannelOption<T> option, Supplier<T> get, Consumer<T> set) {
        table.put(option, new Access((Supplier<Object>) get, (Consumer<Object>) set));
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), accessors.keySet().toArray(new ChannelOption<?>[0]));
    }

    @Override
    @SuppressWarnings("unchecked") // an option's type is its value's
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        Access access = accessors.get(option);
        return access == null ? super.getOption(option) : (T) access.get().get();
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        Access access = accessors.get(option);
        if (access == null) {
            return super.setOption(option, value);
        }
        access.set().accept(value);
        return true;
    }

    /** The settings that the port has, or will be opened with. */
    public UartSettings getSettings() {
        return settings;
    }

    /** Refuses levels of DTR and RTS that nobody may want. */
    UartSettings settingsToOpen(UartAddress address) throws UartParameterException {
        UartSettings now = settings;
        if (now.dtr() != now.rts() && !allowResetOnOpen) {
            throw new UartParameterException(
                    address.portName(),
                    address.portName() + ": DTR " + now.dtr() + " with RTS " + now.rts()
                            + " resets an ESP32 board on open (give both the same level, or set"
                            + " ALLOW_RESET_ON_OPEN)");
        }
        return now;
    }

    public UartChannelConfig setBaudRate(int baudRate) {
        return reconfigure(s -> s.withBaudRate(baudRate));
    }

    public UartChannelConfig setDataBits(int dataBits) {
        return reconfigure(s -> s.withDataBits(dataBits));
    }

    public UartChannelConfig setStopBits(StopBits stopBits) {
        return reconfigure(s -> s.withStopBits(stopBits));
    }

    public UartChannelConfig setParity(Parity parity) {
        return reconfigure(s -> s.withParity(parity));
    }

    public UartChannelConfig setFlowControl(FlowControl flowControl) {
        return reconfigure(s -> s.withFlowControl(flowControl));
    }

    public UartChannelConfig setDtr(boolean asserted) {
        update(s -> s.withDtr(asserted));
        uart.optionChanged(port -> port.setDtr(asserted));
        return this;
    }

    public UartChannelConfig setRts(boolean asserted) {
        update(s -> s.withRts(asserted));
        uart.optionChanged(port -> port.setRts(asserted));
        return this;
    }

    /** See {@link UartChannelOption#ALLOW_RESET_ON_OPEN}. */
    public boolean isAllowResetOnOpen() {
        return allowResetOnOpen;
    }

    public UartChannelConfig setAllowResetOnOpen(boolean allow) {
        allowResetOnOpen = allow;
        return this;
    }

    /** Bytes; see {@link UartChannelOption#READ_BUFFER_SIZE}. */
    public int getReadBufferSize() {
        return readBufferSize;
    }

    /** Throws {@link IllegalStateException} once the channel connects. */
    public UartChannelConfig setReadBufferSize(int bytes) {
        if (bytes < 1 || bytes > MAX_READ_BUFFER_SIZE) {
            throw new IllegalArgumentException(
                    "READ_BUFFER_SIZE: " + bytes + " (allowed: 1 to " + MAX_READ_BUFFER_SIZE + " bytes)");
        }
        if (!uart.isNew()) {
            throw new IllegalStateException("READ_BUFFER_SIZE can only be set before the channel connects");
        }
        readBufferSize = bytes == 1 ? 1 : Integer.highestOneBit(bytes - 1) << 1;
        return this;
    }

    private UartChannelConfig reconfigure(UnaryOperator<UartSettings> change) {
        UartSettings changed = update(change);
        uart.optionChanged(port -> port.configure(changed));
        return this;
    }

    /** Options are set from any thread; this is far from the data path. */
    synchronized UartSettings update(UnaryOperator<UartSettings> change) {
        UartSettings changed = change.apply(settings);
        settings = changed;
        return changed;
    }
}
