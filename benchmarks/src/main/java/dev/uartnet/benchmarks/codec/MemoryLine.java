package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LinkConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.PreferHeapByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;

/** A host and a device, all codecs of both, and a line between them that costs nothing; on the caller's thread. */
final class MemoryLine implements AutoCloseable {
    private static final int BOOT_ID = 1;
    private static final int TURNS_MAX = 1_000;

    private final Wire fromHost = new Wire();
    private final Wire fromDevice = new Wire();
    final EmbeddedChannel host = new EmbeddedChannel();
    final EmbeddedChannel device = new EmbeddedChannel();

    /** Opens a session. */
    MemoryLine(ChannelHandler hostApplication, ChannelHandler deviceApplication) {
        ByteBufAllocator arrays = new PreferHeapByteBufAllocator(ByteBufAllocator.DEFAULT);
        host.config().setAllocator(arrays);
        device.config().setAllocator(arrays);
        device.pipeline().addLast(fromDevice);
        EndpointPipeline.addDevice(device.pipeline(), LinkConfig.device(), BOOT_ID);
        device.pipeline().addLast(deviceApplication);
        host.pipeline().addLast(fromHost);
        HostLinkHandler link = EndpointPipeline.addHost(host.pipeline(), LinkConfig.host());
        host.pipeline().addLast(hostApplication);
        for (int turn = 0; link.session() == null; turn++) {
            if (turn == TURNS_MAX) {
                throw new IllegalStateException("no session begins");
            }
            carry();
        }
    }

    /** Carries all that there is to carry, both ways, and what that makes the ends say. */
    void carry() {
        boolean more = true;
        while (more) {
            more = fromHost.carryTo(device) | fromDevice.carryTo(host);
            if (!more) {
                host.runPendingTasks();
                device.runPendingTasks();
                more = !fromHost.isEmpty() || !fromDevice.isEmpty();
            }
        }
    }

    @Override
    public void close() {
        host.finishAndReleaseAll();
        device.finishAndReleaseAll();
    }
}
