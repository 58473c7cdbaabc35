package dev.uartnet.codec.link;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.slip.SlipDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A line whose ends have speeds: what was sent at another speed than its receiver listens at arrives as garbage. Virtual time. */
final class SpeedLine implements AutoCloseable {
    static final int FIRST = 115_200;
    private static final int LATENCY_MILLIS = 2;
    private static final byte END = (byte) 0xC0;

    /** The speed of one end's port. */
    static final class PortSpeed implements LineSpeed {
        private final EmbeddedChannel channel;
        int baud = FIRST;
        int highest = 4_000_000;
        boolean possible = true;

        PortSpeed(EmbeddedChannel channel) {
            this.channel = channel;
        }

        @Override
        public Future<?> set(int wanted) {
            ChannelPromise done = channel.newPromise();
            channel.eventLoop()
                    .schedule(
                            () -> {
                                if (possible) {
                                    baud = wanted;
                                    done.setSuccess();
                                } else {
                                    done.setFailure(new IllegalStateException("no such speed"));
                                }
                            },
                            2, // what was written before leaves first
                            TimeUnit.MILLISECONDS);
            return done;
        }

        @Override
        public boolean allows(int wanted) {
            return wanted <= highest;
        }
    }

    /** One frame on its way. */
    static final class Transit {
        private final byte[] wire;
        private final int baud;
        private final long due;

        Transit(byte[] wire, int baud, long due) {
            this.wire = wire;
            this.baud = baud;
            this.due = due;
        }

        /** The speed at which it was sent. */
        int baud() {
            return baud;
        }

        FrameType type() {
            return FrameType.of((wire[1] & 0xFF) >> 5);
        }

        /** Of a SPEED frame. */
        SpeedProposal.@Nullable Step step() {
            if (type() != FrameType.SPEED) {
                return null;
            }
            EmbeddedChannel slip = new EmbeddedChannel(new SlipDecoder(1_040));
            slip.writeInbound(Unpooled.wrappedBuffer(wire));
            ByteBuf frame = slip.readInbound();
            SpeedProposal said = SpeedProposal.decode(FrameCodec.payload(frame));
            frame.release();
            slip.finishAndReleaseAll();
            return said == null ? null : said.step();
        }

        /** Spoils a byte of the header. */
        void damage() {
            wire[3] ^= 1;
        }
    }

    final TestLine.Application hostApplication = new TestLine.Application();
    final TestLine.Application deviceApplication = new TestLine.Application();
    final EmbeddedChannel host = new EmbeddedChannel();
    final EmbeddedChannel device;
    final PortSpeed hostPort = new PortSpeed(host);
    final PortSpeed devicePort;
    /** Frames that the line swallows. */
    Predicate<Transit> lostToDevice = frame -> false;

    Predicate<Transit> lostToHost = frame -> false;
    final List<Transit> sentToDevice = new ArrayList<>();
    final List<Transit> sentToHost = new ArrayList<>();
    private final Deque<Transit> toDevice = new ArrayDeque<>();
    private final Deque<Transit> toHost = new ArrayDeque<>();
    private long now;

    SpeedLine(LinkConfig hostConfig) {
        device = new EmbeddedChannel();
        devicePort = new PortSpeed(device);
        device.freezeTime();
        EndpointPipeline.addDevice(device.pipeline(), LinkConfig.device(), 0xB007, devicePort);
        device.pipeline().addLast(deviceApplication);
        join(hostConfig);
    }

    /** Another host on the line of a device that has known others. */
    SpeedLine(SpeedLine before) {
        device = before.device;
        devicePort = before.devicePort;
        device.pipeline().replace(before.deviceApplication, null, deviceApplication);
        join(LinkConfig.host());
    }

    private void join(LinkConfig config) {
        host.freezeTime();
        EndpointPipeline.addHost(host.pipeline(), config, hostPort);
        host.pipeline().addLast(hostApplication);
    }

    static SpeedLine open() {
        SpeedLine line = new SpeedLine(LinkConfig.host());
        line.pass(50);
        return line;
    }

    HostLinkHandler hostLink() {
        return host.pipeline().get(HostLinkHandler.class);
    }

    DeviceLinkHandler deviceLink() {
        return device.pipeline().get(DeviceLinkHandler.class);
    }

    long now() {
        return now;
    }

    void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            step();
        }
    }

    /** Lets time pass until the future is done, at most so long. */
    long passUntil(Future<?> future, long limit) {
        long begun = now;
        while (!future.isDone() && now - begun < limit) {
            step();
        }
        return now - begun;
    }

    private void step() {
        now++;
        host.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        device.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        host.runScheduledPendingTasks();
        device.runScheduledPendingTasks();
        take(host, hostPort, toDevice, lostToDevice, sentToDevice);
        take(device, devicePort, toHost, lostToHost, sentToHost);
        deliver(toDevice, device, devicePort);
        deliver(toHost, host, hostPort);
    }

    private void take(
            EmbeddedChannel from, PortSpeed port, Deque<Transit> line, Predicate<Transit> lost, List<Transit> log) {
        from.runPendingTasks();
        if (from.outboundMessages().isEmpty()) {
            return;
        }
        byte[] bytes = TestLine.take(from);
        int begin = 0;
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i] == END) {
                byte[] wire = java.util.Arrays.copyOfRange(bytes, begin, i + 1);
                Transit frame = new Transit(wire, port.baud, now + LATENCY_MILLIS);
                log.add(frame);
                if (!lost.test(frame)) {
                    line.add(frame);
                }
                begin = i + 1;
                i++;
            }
        }
    }

    private void deliver(Deque<Transit> line, EmbeddedChannel to, PortSpeed port) {
        Transit frame = line.peek();
        while (frame != null && frame.due <= now) {
            line.remove();
            byte[] wire = frame.wire.clone();
            if (frame.baud != port.baud) {
                for (int i = 0; i < wire.length; i++) {
                    wire[i] ^= (byte) (0x55 + i);
                }
            }
            if (to.isOpen()) {
                ByteBuf arrived = Unpooled.wrappedBuffer(wire);
                to.writeInbound(arrived);
            }
            frame = line.peek();
        }
    }

    /** The host's program ends without a word. */
    void killHost() {
        lostToDevice = frame -> true;
        toDevice.clear();
    }

    @Override
    public void close() {
        host.finishAndReleaseAll();
        device.finishAndReleaseAll();
    }
}
