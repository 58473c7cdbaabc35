package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A serial port as a Netty channel.
 *
 * <pre>{@code
 * new Bootstrap()
 *         .group(group)                       // NIO, epoll, io_uring or default: any
 *         .channel(UartChannel.class)
 *         .option(UartChannelOption.BAUD_RATE, 921_600)
 *         .handler(...)
 *         .connect(new UartAddress("/dev/ttyUSB0"));
 * }</pre>
 *
 * <p>It moves {@link ByteBuf}s and nothing else. On Netty's epoll event loops a port needs no thread of its own; elsewhere it has two. No call blocks an event loop, even while the other end has stopped
 * reading. The states and threads are in the {@linkplain dev.uartnet.transport package}'s description, the options at
 * {@link UartChannelOption}.
 *
 * <ul>
 *   <li>A port that cannot be opened fails the connect future with a {@link UartException} and closes the channel, as do
 *       cancelling that future and {@code CONNECT_TIMEOUT_MILLIS} ({@link ConnectTimeoutException}).
 *   <li>A write's future succeeds when the operating system has accepted its bytes. It has then not yet left the wire;
 *       {@code close()} gives such bytes up to a second to leave. Bytes not yet accepted fail.
 *   <li>A port that vanishes delivers what was received before (also without a {@code read()}), then {@code
 *       exceptionCaught} with a {@link UartPortLostException}, which is also the failure of every flushed write, and
 *       closes the channel.
 *   <li>A line has no half-closure, no local address and no disconnect: {@code disconnect()} closes.
 *   <li>An active channel can move to another event loop ({@code deregister()}, then {@code register}); one that is
 *       still opening is closed by that. Shutting down the event loop closes the channel.
 * </ul>
 */
public final class UartChannel extends PortChannel {
    /** A blocking call on an open port. */
    interface PortCall {
        void run(UartPort port) throws IOException;
    }

    private final UartChannelConfig config;
    private @Nullable ControlThread control; // event loop only

    /** A channel over jSerialComm: the ports of the operating system. */
    public UartChannel() {
        this(address -> new JSerialCommPort(address.portName()));
    }

    /** A channel over {@code port}, whatever the address that it is connected to. */
    public UartChannel(UartPort port) {
        this(address -> port);
    }

    /** A channel over the port that {@code portFactory} makes for the address that it is connected to. */
    public UartChannel(UartPortFactory portFactory) {
        super(portFactory);
        config = new UartChannelConfig(this);
    }

    @Override
    public UartChannelConfig config() {
        return config;
    }

    /**
     * Changes the settings of the open port, except the levels of DTR and RTS. Call it when the writes that belong to
     * the old settings have succeeded: it waits until what the port has accepted has left.
     *
     * @return succeeds when the port has the new settings; fails with {@link UartParameterException} if it does not
     *     support them, with {@link NotYetConnectedException} or {@link ClosedChannelException} if it is not open
     */
    public ChannelFuture configure(UartSettings settings) {
        config.update(old -> settings.withDtr(old.dtr()).withRts(old.rts()));
        return control(p -> p.configure(settings));
    }

    /** Asserts or releases DTR now; fails with {@link UartParameterException} if the port has no such line. */
    public ChannelFuture setDtr(boolean asserted) {
        config.update(old -> old.withDtr(asserted));
        return control(p -> p.setDtr(asserted));
    }

    /** Asserts or releases RTS now; fails with {@link UartParameterException} if the port has no such line. */
    public ChannelFuture setRts(boolean asserted) {
        config.update(old -> old.withRts(asserted));
        return control(p -> p.setRts(asserted));
    }

    /** Starts or ends a break now; fails with {@link UartParameterException} if the port cannot. */
    public ChannelFuture setBreak(boolean active) {
        return control(p -> p.setBreak(active));
    }

    /** An option was set: apply it if the port is open. A failure is shown to the pipeline. */
    void optionChanged(PortCall call) {
        if (isActive()) {
            control(call).addListener(future -> {
                Throwable cause = future.cause();
                if (cause != null && isActive()) {
                    pipeline().fireExceptionCaught(cause);
                }
            });
        }
    }

    private ChannelFuture control(PortCall call) {
        ChannelPromise promise = newPromise();
        if (!isRegistered()) {
            return promise.setFailure(isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
        }
        if (eventLoop().inEventLoop()) {
            control0(call, promise);
        } else {
            eventLoop().execute(() -> control0(call, promise));
        }
        return promise;
    }

    private void control0(PortCall call, ChannelPromise promise) {
        UartPort open = openPort();
        if (open == null) {
            promise.setFailure(isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
            return;
        }
        if (control == null) {
            control = new ControlThread("uart-control-" + open.name());
        }
        control.execute(() -> {
            try {
                call.run(open);
                promise.setSuccess();
            } catch (Throwable t) {
                promise.setFailure(t);
            }
        });
    }
}
