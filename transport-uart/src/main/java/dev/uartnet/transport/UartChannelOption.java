package dev.uartnet.transport;

import io.netty.channel.ChannelOption;

/**
 * The options of a {@link UartChannel}, beside Netty's own ({@code AUTO_READ}, {@code WRITE_BUFFER_WATER_MARK}, {@code
 * CONNECT_TIMEOUT_MILLIS}, {@code RECVBUF_ALLOCATOR}, {@code ALLOCATOR} ...).
 *
 * <p>All can be set before connecting. Those that say so can be set while the channel is open; they are then applied in
 * the background, in order, once the bytes that the port has accepted so far have left, and a port that does not support
 * the value is reported by {@code exceptionCaught} with a {@link UartParameterException}. Use {@link
 * UartChannel#configure} to know when it is done.
 *
 * @param <T> the option's value
 */
public final class UartChannelOption<T> extends ChannelOption<T> {
    /** Symbols per second; at least 1. Default 115200. Settable while open. */
    public static final ChannelOption<Integer> BAUD_RATE = valueOf(UartChannelOption.class, "BAUD_RATE");

    /** Data bits in a character: 5 to 8. Default 8. Settable while open. */
    public static final ChannelOption<Integer> DATA_BITS = valueOf(UartChannelOption.class, "DATA_BITS");

    /** Stop bits. Default {@link StopBits#ONE}. Settable while open. */
    public static final ChannelOption<StopBits> STOP_BITS = valueOf(UartChannelOption.class, "STOP_BITS");

    /** Parity bit. Default {@link Parity#NONE}. Settable while open. */
    public static final ChannelOption<Parity> PARITY = valueOf(UartChannelOption.class, "PARITY");

    /** Flow control. Default {@link FlowControl#NONE}. Settable while open. */
    public static final ChannelOption<FlowControl> FLOW_CONTROL = valueOf(UartChannelOption.class, "FLOW_CONTROL");

    /**
     * Level of DTR on open (true: asserted). Default false. While open it sets the line now. Refused at connect if it
     * differs from {@link #RTS} and {@link #ALLOW_RESET_ON_OPEN} is off.
     */
    public static final ChannelOption<Boolean> DTR = valueOf(UartChannelOption.class, "DTR");

    /** Level of RTS on open (true: asserted). Default false. See {@link #DTR}. */
    public static final ChannelOption<Boolean> RTS = valueOf(UartChannelOption.class, "RTS");

    /**
     * Whether opening may reset an ESP32 board. Such boards wire DTR and RTS so that RTS asserted without DTR holds the
     * chip in reset, and DTR without RTS selects its boot loader. Default false: both lines must then have the same
     * level on open, to which that circuit does not react. Not used while open.
     */
    public static final ChannelOption<Boolean> ALLOW_RESET_ON_OPEN =
            valueOf(UartChannelOption.class, "ALLOW_RESET_ON_OPEN");

    /**
     * Bytes received ahead while nobody reads the channel: 1 to 16777216, rounded up to a power of two. Default 65536,
     * 200 ms at 3 megabaud. Not settable once connecting.
     */
    public static final ChannelOption<Integer> READ_BUFFER_SIZE = valueOf(UartChannelOption.class, "READ_BUFFER_SIZE");

    @SuppressWarnings("deprecation") // the way that Netty's own option classes go
    private UartChannelOption() {
        super(null);
    }
}
