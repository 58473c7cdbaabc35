package dev.uartnet.proxy;

import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.UartChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The circuit of ESP32 development boards between the serial port's control lines and the chip: RTS asserted without DTR pulls EN (reset) low, DTR without RTS
 * pulls GPIO0 low, which at a reset selects the boot loader; both or neither do nothing.
 */
final class ResetCircuit {
    /** As esptool's. */
    private static final int PULSE_MILLIS = 100;

    private final UartChannel uart;
    private final MonoSink<Void> done;

    private ResetCircuit(UartChannel uart, MonoSink<Void> done) {
        this.uart = uart;
        this.done = done;
    }

    /** Resets the chip. Runs to its end once it has begun: a chip must not be left in reset. */
    static Mono<Void> pulse(Channel channel) {
        if (!(channel instanceof UartChannel uart)) {
            return Mono.error(new UnsupportedOperationException(
                    "cannot pulse the reset line: " + channel + " is no serial port"));
        }
        if (uart.config().getSettings().flowControl() == FlowControl.RTS_CTS) {
            return Mono.error(new IllegalStateException("cannot pulse the reset line of " + uart.remoteAddress()
                    + ": RTS belongs to the flow control (FlowControl.RTS_CTS)"));
        }
        return Mono.create(done -> new ResetCircuit(uart, done).begin());
    }

    /** DTR first: RTS let go of while DTR is asserted would leave the chip in its boot loader. */
    private void begin() {
        then(() -> uart.setDtr(false), () -> then(() -> uart.setRts(true), this::hold));
    }

    private void hold() {
        uart.eventLoop()
                .schedule(() -> then(() -> uart.setRts(false), done::success), PULSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void then(Supplier<ChannelFuture> set, Runnable next) {
        set.get().addListener((ChannelFutureListener) future -> {
            if (future.isSuccess()) {
                next.run();
            } else {
                done.error(future.cause());
            }
        });
    }
}
