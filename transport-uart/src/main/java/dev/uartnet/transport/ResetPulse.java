package dev.uartnet.transport;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Resets the chip of an ESP32 development board by the port's control lines, as esptool's "hard reset" does: RTS asserted without DTR pulls EN (reset) low, DTR without
 * RTS pulls GPIO0 low, which at a reset selects the boot loader; both or neither do nothing.
 */
public final class ResetPulse {
    /** As esptool's. */
    private static final int PULSE_MILLIS = 100;

    private final UartChannel uart;
    private final ChannelPromise done;

    private ResetPulse(UartChannel uart) {
        this.uart = uart;
        done = uart.newPromise();
    }

    /**
     * Holds the chip in reset for 100 ms. Callable from any thread; runs to its end once it has begun, for a chip must not be left in reset.
     *
     * @return done when both lines are released, whether or not a board is wired so; fails with {@link IllegalStateException} if RTS belongs to the flow
     *     control, with {@link UartParameterException} if the port has no such lines, as {@link UartChannel#setRts} if it is not open
     */
    public static ChannelFuture on(UartChannel uart) {
        if (uart.config().getSettings().flowControl() == FlowControl.RTS_CTS) {
            return uart.newFailedFuture(new IllegalStateException("cannot pulse the reset line of "
                    + uart.remoteAddress() + ": RTS belongs to the flow control (FlowControl.RTS_CTS)"));
        }
        ResetPulse pulse = new ResetPulse(uart);
        pulse.begin();
        return pulse.done;
    }

    /** DTR first: RTS let go of while DTR is asserted would leave the chip in its boot loader. */
    private void begin() {
        then(() -> uart.setDtr(false), () -> then(() -> uart.setRts(true), this::hold));
    }

    private void hold() {
        uart.eventLoop()
                .schedule(() -> then(() -> uart.setRts(false), done::trySuccess), PULSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void then(Supplier<ChannelFuture> set, Runnable next) {
        set.get().addListener((ChannelFutureListener) future -> {
            if (future.isSuccess()) {
                next.run();
            } else {
                done.tryFailure(future.cause());
            }
        });
    }
}
