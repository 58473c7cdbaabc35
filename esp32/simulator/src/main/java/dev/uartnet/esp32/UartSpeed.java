package dev.uartnet.esp32;

import dev.uartnet.codec.link.LineSpeed;
import dev.uartnet.transport.UartChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;

/** The speed of a serial port that the device serves, up to the highest one that it agrees to. */
final class UartSpeed implements LineSpeed {
    private final UartChannel uart;
    private final int highest;

    UartSpeed(UartChannel uart, int highest) {
        this.uart = uart;
        this.highest = highest;
    }

    @Override
    public boolean allows(int baud) {
        return LineSpeed.super.allows(baud) && baud <= highest;
    }

    @Override
    public Future<?> set(int baud) {
        ChannelPromise done = uart.newPromise();
        // Behind all that was written: the port then waits until that has left.
        uart.pipeline().firstContext().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            ChannelFuture configured =
                    uart.configure(uart.config().getSettings().withBaudRate(baud));
            configured.addListener(outcome -> {
                if (outcome.isSuccess()) {
                    done.setSuccess();
                } else {
                    done.setFailure(outcome.cause());
                }
            });
        });
        return done;
    }
}
