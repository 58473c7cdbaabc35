package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.proxy.ProxyClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.PreferHeapByteBufAllocator;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All of a host, from an application's pipeline to the bytes that the port gets, and all of a device's codecs; between them a
 * {@link Wire}, for which two channels in memory stand that carry nothing themselves (Netty's queue between those would be all the garbage there is). One event loop,
 * which is the caller's thread.
 */
final class StreamPipeline implements AutoCloseable {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int BOOT_ID = 1;

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
    private final StreamDevice device = new StreamDevice();
    private final Application application = new Application();
    private final Wire fromHost = new Wire();
    private final Wire fromDevice = new Wire();
    private final Channel server;
    private final Channel hostEnd = new LocalChannel();
    private @Nullable Channel deviceEnd;
    private final ProxyClient client;
    private final Channel socket;

    /** The application: takes what comes. */
    private static final class Application extends ChannelInboundHandlerAdapter {
        long received;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf data = (ByteBuf) msg;
            received += data.readableBytes();
            data.release();
        }
    }

    /** Opens a session, and a connection in it. */
    StreamPipeline() {
        PreferHeapByteBufAllocator arrays = new PreferHeapByteBufAllocator(io.netty.buffer.ByteBufAllocator.DEFAULT);
        LocalAddress address = new LocalAddress(StreamPipeline.class);
        server = done(new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childOption(ChannelOption.ALLOCATOR, arrays)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel line) {
                        line.pipeline().addLast(fromDevice);
                        EndpointPipeline.addDevice(line.pipeline(), LinkConfig.device(), BOOT_ID);
                        line.pipeline().addLast(device);
                        deviceEnd = line;
                    }
                })
                .bind(address));
        hostEnd.pipeline().addLast(fromHost);
        Bootstrap line =
                new Bootstrap().group(loop).channelFactory(() -> hostEnd).option(ChannelOption.ALLOCATOR, arrays);
        var connecting = ProxyClient.connector()
                .noReconnect()
                .runOn(loop)
                .connect(line, server.localAddress())
                .toFuture();
        until(connecting::isDone);
        client = connecting.join();
        socket = done(client.bootstrap(loop)
                .handler(application)
                .disableResolver()
                .connect(InetSocketAddress.createUnresolved("device.example", 80)));
    }

    private Channel done(ChannelFuture future) {
        until(future::isDone);
        return future.syncUninterruptibly().channel();
    }

    private void until(BooleanSupplier condition) {
        long end = System.nanoTime() + WAIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited for 30 s");
            }
            if (!carry()) {
                loop.run(TURN_NANOS);
            }
        }
    }

    /** What there is on the line, both ways, and then what waits for its turn. Returns whether the line had anything. */
    private boolean carry() {
        Channel deviceEnd = this.deviceEnd;
        boolean any = deviceEnd != null && (fromHost.carryTo(deviceEnd) | fromDevice.carryTo(hostEnd));
        loop.runNow();
        return any;
    }

    /** The application writes bytes, the device has them. Returns how many it has had. */
    long down(byte[] bytes) {
        long wanted = device.received() + bytes.length;
        ByteBuf data = socket.alloc().heapBuffer(bytes.length, bytes.length).writeBytes(bytes);
        socket.writeAndFlush(data, socket.unsafe().voidPromise());
        while (device.received() < wanted) {
            carry();
        }
        return wanted;
    }

    /** The device sends bytes, the application has them. Returns how many it has had. */
    long up(byte[] bytes) {
        long wanted = application.received + bytes.length;
        while (!device.send(bytes)) {
            carry();
        }
        while (application.received < wanted) {
            carry();
        }
        return wanted;
    }

    @Override
    public void close() {
        done(socket.close());
        var closing = client.close().toFuture();
        until(closing::isDone);
        done(server.close());
        var stopped = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        until(stopped::isDone);
    }
}
