package dev.uartnet.esp32;

import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The lines that a device serves, whoever has opened them. */
final class DeviceLines {
    private final EventLoop loop;
    private final int baudRate;
    private final Function<Channel, DeviceLine> firmware;
    private final ChannelGroup channels;
    private final Map<Channel, DeviceLine> lines = new ConcurrentHashMap<>();
    private final List<PseudoTerminal> terminals = new CopyOnWriteArrayList<>();

    /**
     * @param loop the device's
     * @param baudRate of the ports that are opened here
     * @param firmware what serves a channel
     */
    DeviceLines(EventLoop loop, int baudRate, Function<Channel, DeviceLine> firmware) {
        this.loop = loop;
        this.baudRate = baudRate;
        this.firmware = firmware;
        channels = new DefaultChannelGroup(loop, true);
    }

    /** Serves a channel from now on. On its event loop. */
    void add(Channel channel) {
        DeviceLine line = firmware.apply(channel);
        lines.put(channel, line);
        channel.closeFuture().addListener(closed -> lines.remove(channel));
        line.boot();
        channels.add(channel);
    }

    /** Opens a port, and serves it. Blocks. */
    Channel open(UartPort port) throws IOException {
        ChannelFuture opening = new Bootstrap()
                .group(loop)
                .channelFactory(() -> new UartChannel(port))
                .option(UartChannelOption.BAUD_RATE, baudRate)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        add(channel);
                    }
                })
                .connect(new UartAddress(port.name()))
                .awaitUninterruptibly();
        if (!opening.isSuccess()) {
            Throwable cause = opening.cause();
            throw cause instanceof IOException known
                    ? known
                    : new IOException("cannot open " + port.name() + ": " + cause, cause);
        }
        return opening.channel();
    }

    /** Opens a pseudo terminal, and serves it. Blocks. Returns the path for hosts. */
    String openTerminal() throws IOException {
        PseudoTerminal terminal = PseudoTerminal.open();
        terminals.add(terminal);
        open(terminal.masterPort());
        return terminal.slavePath();
    }

    /** Begins to stop the firmware on all. On the device's event loop. */
    Future<Void> halt() {
        PromiseCombiner halted = new PromiseCombiner(loop);
        for (DeviceLine line : lines.values()) {
            Future<?> halt = line.halt();
            halted.add(halt);
        }
        Promise<Void> all = loop.newPromise();
        halted.finish(all);
        return all;
    }

    /** Begins to start the firmware again, after {@link #halt}. */
    void restart() {
        lines.values().forEach(DeviceLine::restart);
    }

    /** Ends all sessions, and closes all. Blocks. */
    void close(int secondsMax) {
        for (Channel channel : channels) {
            LineHandler handler = channel.pipeline().get(LineHandler.class);
            if (handler != null) {
                handler.powerOff(); // while the loop of the sockets still runs
            }
        }
        channels.close().awaitUninterruptibly(secondsMax, TimeUnit.SECONDS);
        terminals.forEach(PseudoTerminal::close);
    }
}
