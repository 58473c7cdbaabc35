package dev.uartnet.cli;

import dev.uartnet.measure.PatternServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The peer of another machine's measurement, until a signal comes. */
final class BenchServer {
    private static final int CLOSE_SECONDS_MAX = 1;

    private final Invocation invocation;

    BenchServer(Invocation invocation) {
        this.invocation = invocation;
    }

    /**
     * Serves, and tells where, and who comes and goes. Blocks.
     *
     * @param port 0: any free one
     */
    void serve(int port) throws Exception {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("bench", true), NioIoHandler.newFactory());
        invocation.cleanups().doAfter(() -> group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS), () -> {
            ChannelFuture listening =
                    PatternServer.listen(group, new InetSocketAddress(port)).awaitUninterruptibly();
            if (!listening.isSuccess()) {
                throw new IOException(
                        "cannot listen on port " + port + ": "
                                + listening.cause().getMessage() + " (--serve 0 takes a free one)",
                        listening.cause());
            }
            Channel server = listening.channel();
            server.pipeline().addFirst(new Peers());
            int taken = ((InetSocketAddress) server.localAddress()).getPort();
            invocation
                    .output()
                    .line("serving on port " + taken + " (Ctrl-C ends it); elsewhere: uartnet bench --peer HOST:PORT");
            for (InetAddress address : addresses()) {
                say("a device may reach this machine with --peer "
                        + NetUtil.toSocketAddressString(new InetSocketAddress(address, taken)));
            }
            server.closeFuture().sync(); // until a signal comes
        });
    }

    /** Returns this machine's addresses that others may use; not those that hold on one link only, which need its name as well. */
    private static List<InetAddress> addresses() throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (network.isUp() && !network.isLoopback()) {
                for (InetAddress address : Collections.list(network.getInetAddresses())) {
                    if (!address.isLinkLocalAddress()) {
                        addresses.add(address);
                    }
                }
            }
        }
        return addresses;
    }

    private void say(String what) {
        invocation.error().println("uartnet: " + what);
    }

    /** Sees each connection before it is served. On the server's event loop. */
    private final class Peers extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            Channel connection = (Channel) accepted;
            // One that has gone already has no address any more.
            String peer = connection.remoteAddress() instanceof InetSocketAddress address
                    ? NetUtil.toSocketAddressString(address)
                    : "unknown";
            long start = System.nanoTime();
            say("peer " + peer + " has come");
            connection
                    .closeFuture()
                    .addListener(closed -> say(String.format(
                            Locale.ROOT, "peer %s has gone, after %.1f s", peer, (System.nanoTime() - start) / 1e9)));
            context.fireChannelRead(accepted);
        }
    }
}
