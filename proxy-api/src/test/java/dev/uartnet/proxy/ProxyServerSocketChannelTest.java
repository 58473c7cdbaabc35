package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A listener of the device seen from both ends: Netty events here, blocking sockets there. */
class ProxyServerSocketChannelTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(NetUtil.LOCALHOST4, 0);

    private static TestLine line;
    private static EventLoopGroup childLoops;

    @BeforeAll
    static void open() throws Exception {
        line = TestLine.open();
        childLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    @AfterAll
    static void close() {
        line.close();
        childLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A listener and what has come of it. */
    private static final class Server implements AutoCloseable {
        final SocketEvents events = new SocketEvents();
        final BlockingQueue<ProxySocketChannel> children = new LinkedTransferQueue<>();
        final BlockingQueue<SocketEvents> childEvents = new LinkedTransferQueue<>();
        final ServerBootstrap bootstrap;
        private ProxyServerSocketChannel channel;

        Server(ProxyClient client, EventLoopGroup loops) {
            bootstrap = new ServerBootstrap()
                    .group(loops, childLoops)
                    .channelFactory(() -> new ProxyServerSocketChannel(client))
                    .handler(events)
                    .childHandler(new ChannelInitializer<ProxySocketChannel>() {
                        @Override
                        protected void initChannel(ProxySocketChannel child) {
                            SocketEvents own = new SocketEvents();
                            child.pipeline().addLast(own);
                            children.add(child);
                            childEvents.add(own);
                        }
                    });
        }

        Server() {
            this(line.client, line.loops);
        }

        Server bound() throws Exception {
            channel = (ProxyServerSocketChannel) bootstrap.bind(ANY).sync().channel();
            assertThat(events.next()).isEqualTo("registered");
            assertThat(events.next()).isEqualTo("active");
            return this;
        }

        Socket connect() throws IOException {
            Socket socket =
                    new Socket(NetUtil.LOCALHOST4, channel.localAddress().getPort());
            socket.setSoTimeout(20_000);
            return socket;
        }

        ProxySocketChannel child() throws InterruptedException {
            ProxySocketChannel child = children.poll(20, TimeUnit.SECONDS);
            assertThat(child).as("a connection has come in").isNotNull();
            return child;
        }

        @Override
        public void close() {
            channel.close().syncUninterruptibly();
            for (ProxySocketChannel child : children) {
                child.close().syncUninterruptibly();
            }
        }
    }

    /** Waits until the device has no sockets left but so many. */
    private static void awaitChannels(ProxyClient client, int count) {
        Integer channels = client.info()
                .map(DeviceInfo::channels)
                .filter(now -> now == count)
                .repeatWhenEmpty(again -> again)
                .block(TestLine.WAIT);
        assertThat(channels).isEqualTo(count);
    }

    private static long accepted(ProxyClient client) {
        Map<?, ?> sockets = (Map<?, ?>) TestLine.get(client.info()).all().get("sockets");
        return ((Number) sockets.get("accepted")).longValue();
    }

    // ---- the course of things

    @Test
    void connectionsComeInAndEndOnTheirOwn() throws Exception {
        try (Server server = new Server().bound()) {
            assertThat(server.channel.isActive()).isTrue();
            assertThat(server.channel.localAddress().getPort()).isPositive();
            assertThat(server.channel.remoteAddress()).isNull();
            try (Socket there = server.connect()) {
                there.getOutputStream().write(new byte[10]);
                ProxySocketChannel child = server.child();
                SocketEvents events = server.childEvents.take();
                assertThat(server.events.next()).isEqualTo("accepted");
                assertThat(events.next()).isEqualTo("registered");
                assertThat(events.next()).isEqualTo("active");
                assertThat(events.next()).isEqualTo("read 10");
                assertThat(child.parent()).isSameAs(server.channel);
                assertThat(child.localAddress()).isEqualTo(there.getRemoteSocketAddress());
                assertThat(child.remoteAddress()).isEqualTo(there.getLocalSocketAddress());
                assertThat(child.eventLoop().parent()).isSameAs(childLoops);
                child.writeAndFlush(Unpooled.wrappedBuffer(new byte[20_000]));
                assertThat(there.getInputStream().readNBytes(20_000)).hasSize(20_000);
                there.shutdownOutput();
                assertThat(events.next()).isEqualTo("inactive");
                assertThat(events.next()).isEqualTo("unregistered");
                assertThat(there.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(server.channel.isActive()).isTrue();
        }
    }

    @Test
    void itsOwnLoopMayBeTheLinksOrAnother() throws Exception {
        try (Server ours = new Server().bound();
                Server other = new Server(line.client, childLoops).bound()) {
            for (Server server : List.of(ours, other)) {
                try (Socket there = server.connect()) {
                    there.getOutputStream().write(1);
                    server.child();
                    SocketEvents events = server.childEvents.take();
                    assertThat(events.next() + events.next() + events.next()).isEqualTo("registeredactiveread 1");
                }
            }
        }
    }

    @Test
    void closingStopsListeningAndLeavesItsChildren() throws Exception {
        Server server = new Server().bound();
        try (Socket there = server.connect()) {
            ProxySocketChannel child = server.child();
            InetSocketAddress address = server.channel.localAddress();
            server.channel.close().sync();
            assertThat(server.events.next()).isEqualTo("accepted");
            assertThat(server.events.next()).isEqualTo("inactive");
            assertThat(server.events.next()).isEqualTo("unregistered");
            while (listens(address)) {
                Thread.onSpinWait();
            }
            child.writeAndFlush(Unpooled.wrappedBuffer(new byte[5])).sync();
            assertThat(there.getInputStream().readNBytes(5)).hasSize(5);
            child.close().sync();
            assertThat(there.getInputStream().read()).isEqualTo(-1);
            // Bound again, while the connection may still be remembered.
            new ServerBootstrap()
                    .group(line.loops)
                    .channelFactory(() -> new ProxyServerSocketChannel(line.client))
                    .childHandler(new SocketEvents())
                    .bind(address)
                    .sync()
                    .channel()
                    .close()
                    .sync();
        }
    }

    private static boolean listens(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (ConnectException refused) {
            return false;
        }
    }

    // ---- reading

    @Test
    void nothingIsAcceptedUnasked() throws Exception {
        try (Server server = new Server()) {
            server.bootstrap.option(ChannelOption.AUTO_READ, false);
            server.bound();
            long before = accepted(line.client);
            List<Socket> there = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                there.add(server.connect());
            }
            line.client.ping().block(TestLine.WAIT);
            assertThat(accepted(line.client)).as("on the device").isEqualTo(before);
            for (int i = 1; i <= 2; i++) {
                server.channel.read();
                server.child();
                assertThat(server.events.next()).isEqualTo("accepted");
                line.client.ping().block(TestLine.WAIT);
                assertThat(accepted(line.client)).isEqualTo(before + i);
                assertThat(server.events.all).isEmpty();
            }
            server.channel.config().setAutoRead(true);
            for (int i = 0; i < 4; i++) {
                server.child();
            }
            server.channel.config().setAutoRead(false);
            for (Socket socket : there) {
                socket.close();
            }
        }
    }

    @Test
    void whatWasNotReadIsResetWithTheServer() throws Exception {
        try (Server server = new Server().bound()) {
            long before = accepted(line.client);
            server.channel.config().setAutoRead(false);
            // On the server's own loop; and what auto-read has asked for comes, but is not read.
            server.channel.eventLoop().submit(() -> {}).sync();
            try (Socket there = server.connect()) {
                while (accepted(line.client) == before) {
                    Thread.onSpinWait();
                }
                server.channel.close().sync();
                assertThatThrownBy(() -> {
                            if (there.getInputStream().read() == -1) {
                                throw new IOException("the end, where the platform has no reset");
                            }
                        })
                        .isInstanceOf(IOException.class);
                assertThat(server.children).isEmpty();
            }
            awaitChannels(line.client, 0);
        }
    }

    @Test
    void quickConnectionsLeaveNothing() throws Exception {
        int rounds = 500;
        try (Server server = new Server().bound()) {
            for (int i = 0; i < rounds; i++) {
                try (Socket there = server.connect()) {
                    switch (i % 4) {
                        case 0 -> there.setSoLinger(true, 0);
                        case 1 -> there.getOutputStream().write(new byte[100]);
                        case 2 -> server.child().close();
                        default -> {}
                    }
                }
            }
            while (server.childEvents.size() < rounds) {
                Thread.onSpinWait();
            }
            for (ProxySocketChannel child : server.children) {
                assertThat(child.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
            }
            awaitChannels(line.client, 1);
        }
        awaitChannels(line.client, 0);
    }

    // ---- children that nobody wants

    @Test
    void aConnectionThatNobodyTakesIsClosedOnTheDevice() throws Exception {
        ProxyServerSocketChannel bare = new ProxyServerSocketChannel(line.client);
        line.loops.register(bare).sync();
        bare.bind(ANY).sync();
        try (Socket there = new Socket(NetUtil.LOCALHOST4, bare.localAddress().getPort())) {
            there.setSoTimeout(20_000);
            there.getOutputStream().write(1);
            assertThatThrownBy(() -> {
                        if (there.getInputStream().read() == -1) {
                            throw new IOException("the end, where the platform has no reset");
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
        bare.close().sync();
        awaitChannels(line.client, 0);
    }

    @Test
    void aConnectionWhoseLoopIsGoneIsClosedOnTheDevice() throws Exception {
        EventLoopGroup gone = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        gone.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        Channel server = new ServerBootstrap()
                .group(line.loops, gone)
                .channelFactory(() -> new ProxyServerSocketChannel(line.client))
                .childHandler(new SocketEvents())
                .bind(ANY)
                .sync()
                .channel();
        try (Socket there = new Socket(NetUtil.LOCALHOST4, ((InetSocketAddress) server.localAddress()).getPort())) {
            there.setSoTimeout(20_000);
            assertThat(there.getInputStream().read()).isEqualTo(-1);
        }
        server.close().sync();
        awaitChannels(line.client, 0);
    }

    // ---- binding

    @Test
    void whatCannotBeBoundSaysSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                Server server = new Server().bound()) {
            ChannelFuture inUse = new Server()
                    .bootstrap
                    .bind("127.0.0.1", taken.getLocalPort())
                    .await();
            assertThat(inUse.cause())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(":" + taken.getLocalPort());
            assertThat(RemoteError.of(inUse.cause()).orElseThrow().code()).isEqualTo(ErrorCode.ADDRESS_IN_USE);
            assertThat(inUse.channel().closeFuture().await(20, TimeUnit.SECONDS))
                    .isTrue();
            ChannelFuture foreign = new Server().bootstrap.bind("192.0.2.1", 0).await();
            assertThat(foreign.cause()).isInstanceOf(BindException.class);
            assertThat(new Server()
                            .bootstrap
                            .bind(InetSocketAddress.createUnresolved("nowhere.test", 0))
                            .await()
                            .cause())
                    .isInstanceOf(UnresolvedAddressException.class);
            assertThat(new Server()
                            .bootstrap
                            .bind(new LocalAddress("x"))
                            .await()
                            .cause())
                    .isInstanceOf(UnsupportedAddressTypeException.class);
            assertThat(server.channel.bind(ANY).await().cause()).isInstanceOf(AlreadyBoundException.class);
            assertThat(server.channel.isActive()).isTrue();
            assertThat(server.channel.connect(ANY).await().cause()).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void itMayBeClosedWhileItIsBeingBound() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.TCP_LISTEN);
        try (TestLine own = TestLine.open(device -> device.gate(gate))) {
            ChannelFuture bind = new Server(own.client, own.loops).bootstrap.bind(ANY);
            gate.arrived.get(20, TimeUnit.SECONDS);
            assertThat(bind.isDone()).isFalse();
            assertThat(bind.channel().isActive()).isFalse();
            bind.channel().close().sync();
            assertThat(bind.await().cause()).isInstanceOf(ClosedChannelException.class);
            gate.release.complete(null);
            awaitChannels(own.client, 0);
        }
    }

    @Test
    void bindingTakesNoLongerThanItMay() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.TCP_LISTEN);
        try (TestLine own = TestLine.open(device -> device.gate(gate))) {
            ChannelFuture bind = new Server(own.client, own.loops)
                    .bootstrap
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 100)
                    .bind(ANY);
            assertThat(bind.await().cause()).isInstanceOf(SocketTimeoutException.class);
            gate.release.complete(null);
            awaitChannels(own.client, 0);
        }
    }

    @Test
    void itMayBeClosedUnbound() throws Exception {
        ProxyServerSocketChannel channel = new ProxyServerSocketChannel(line.client);
        line.loops.register(channel).sync();
        channel.close().sync();
        assertThat(channel.bind(ANY).await().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void ipv6() throws Exception {
        Channel server = new Server()
                .bootstrap
                .bind(new InetSocketAddress(NetUtil.LOCALHOST6, 0))
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket there = new Socket(address.getAddress(), address.getPort())) {
            assertThat(there.isConnected()).isTrue();
        }
        server.close().sync();
    }

    // ---- options

    @Test
    void optionsOfTheListenerAndItsChildren() throws Exception {
        try (Server server = new Server()) {
            server.bootstrap
                    .option(ChannelOption.SO_BACKLOG, 3)
                    .option(ChannelOption.SO_REUSEADDR, false)
                    .option(ChannelOption.SO_RCVBUF, 2048)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_SNDBUF, 1000)
                    .childOption(ChannelOption.AUTO_READ, false);
            server.bound();
            ProxyServerSocketChannelConfig config = server.channel.config();
            assertThat(config.getBacklog()).isEqualTo(3);
            assertThat(config.isReuseAddress()).isFalse();
            assertThat(config.getOption(ChannelOption.SO_RCVBUF)).isEqualTo(2048);
            assertThat(config.setOption(ChannelOption.SO_KEEPALIVE, true)).isFalse();
            assertThatThrownBy(() -> config.setBacklog(5)).isInstanceOf(ChannelException.class);
            try (Socket there = server.connect()) {
                ProxySocketChannel child = server.child();
                SocketEvents events = server.childEvents.take();
                there.getOutputStream().write(new byte[5000]);
                assertThat(child.config().getReceiveBufferSize()).isEqualTo(2048);
                assertThat(events.next() + events.next()).isEqualTo("registeredactive");
                line.client.ping().block(TestLine.WAIT);
                assertThat(child.config().isTcpNoDelay()).isTrue();
                child.config().setAutoRead(true);
                int read = 0;
                while (read < 5000) {
                    String event = events.next();
                    assertThat(event).startsWith("read ");
                    read += Integer.parseInt(event.substring(5));
                }
            }
        }
    }

    // ---- the link

    @Test
    void theEndOfTheLinkEndsListenerAndChildren() throws Exception {
        TestLine own = TestLine.open();
        Server server = new Server(own.client, own.loops).bound();
        try (Socket there = server.connect()) {
            server.child();
            SocketEvents child = server.childEvents.take();
            assertThat(server.events.next()).isEqualTo("accepted");
            assertThat(child.next() + child.next()).isEqualTo("registeredactive");
            own.client.close().block(TestLine.WAIT);
            assertThat(server.events.next()).startsWith("exception the link to the device is lost");
            assertThat(server.events.next()).isEqualTo("inactive");
            assertThat(server.events.next()).isEqualTo("unregistered");
            assertThat(child.next()).startsWith("exception the link to the device is lost");
            assertThat(child.next() + child.next()).isEqualTo("inactiveunregistered");
            assertThat(there.isConnected()).isTrue();
        }
        assertThat(new Server(own.client, childLoops)
                        .bootstrap
                        .bind(ANY)
                        .await()
                        .cause())
                .isInstanceOf(LinkLostException.class);
        own.close();
    }

    @Test
    void itIsBoundAnewInTheNextSession() throws Exception {
        try (ReplaceableLine replaceable = new ReplaceableLine(device -> device, connector -> connector)) {
            Server server = new Server(replaceable.client, replaceable.loops).bound();
            replaceable.unplug();
            assertThat(server.events.next()).startsWith("exception the link to the device is lost");
            assertThat(server.channel.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
            replaceable.await(LinkState.Kind.RECONNECTING);
            Server next = new Server(replaceable.client, replaceable.loops);
            ChannelFuture bind = next.bootstrap.bind(ANY);
            ChannelFuture late = new Server(replaceable.client, replaceable.loops)
                    .bootstrap
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50)
                    .bind(ANY);
            assertThat(late.await().cause())
                    .isInstanceOf(LinkLostException.class)
                    .hasMessageContaining("did not run");
            replaceable.plug(device -> device);
            next.channel = (ProxyServerSocketChannel) bind.sync().channel();
            try (Socket there = next.connect()) {
                assertThat(there.isConnected()).isTrue();
                next.child();
            }
            next.close();
        }
    }

    @Test
    void itsLoopsEndClosesIt() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Server server = new Server(line.client, loops).bound();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        assertThat(server.channel.isOpen()).isFalse();
        awaitChannels(line.client, 0);
    }
}
