package dev.uartnet.codec.link;

import dev.uartnet.codec.EndpointPipeline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A host and a device on a line without a wire: bytes go over when the test says so. */
final class TestLine implements AutoCloseable {
    /** What reaches the application of one end. */
    static final class Application extends ChannelInboundHandlerAdapter {
        final List<Object> events = new ArrayList<>();
        final Deque<Object> messages = new ArrayDeque<>();
        final List<Throwable> failures = new ArrayList<>();

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            messages.add(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }

        <T> List<T> events(Class<T> type) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    final Application hostApplication = new Application();
    final Application deviceApplication = new Application();
    final EmbeddedChannel host = new EmbeddedChannel();
    final EmbeddedChannel device = new EmbeddedChannel();
    UnaryOperator<byte[]> toDevice = UnaryOperator.identity();
    UnaryOperator<byte[]> toHost = UnaryOperator.identity();

    TestLine(LinkConfig hostConfig, LinkConfig deviceConfig) {
        host.freezeTime();
        device.freezeTime();
        EndpointPipeline.addDevice(device.pipeline(), deviceConfig, 0xB007);
        device.pipeline().addLast(deviceApplication);
        EndpointPipeline.addHost(host.pipeline(), hostConfig);
        host.pipeline().addLast(hostApplication);
    }

    static TestLine open() {
        TestLine line = new TestLine(LinkConfig.host(), LinkConfig.device());
        line.settle();
        return line;
    }

    /** Ends that cannot repeat frames. */
    static TestLine openWithoutRetransmission() {
        TestLine line = new TestLine(LinkConfig.host().withFeatures(0), LinkConfig.device());
        line.settle();
        return line;
    }

    HostLinkHandler hostLink() {
        return host.pipeline().get(HostLinkHandler.class);
    }

    DeviceLinkHandler deviceLink() {
        return device.pipeline().get(DeviceLinkHandler.class);
    }

    /** Carries bytes both ways until the line is still. */
    void settle() {
        boolean moved = true;
        while (moved) {
            boolean down = carry(host, device, toDevice);
            moved = carry(device, host, toHost) || down;
        }
    }

    static byte[] take(EmbeddedChannel from) {
        from.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf wire = from.readOutbound(); wire != null; wire = from.readOutbound()) {
            all.writeBytes(wire);
            wire.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static boolean carry(EmbeddedChannel from, EmbeddedChannel to, UnaryOperator<byte[]> line) {
        byte[] bytes = take(from);
        byte[] arrived = line.apply(bytes);
        if (arrived.length > 0) {
            to.writeInbound(Unpooled.wrappedBuffer(arrived));
        }
        return bytes.length > 0;
    }

    void passTime(long millis) {
        host.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        device.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        host.runScheduledPendingTasks();
        device.runScheduledPendingTasks();
        settle();
    }

    @Override
    public void close() {
        host.finishAndReleaseAll();
        device.finishAndReleaseAll();
    }
}
