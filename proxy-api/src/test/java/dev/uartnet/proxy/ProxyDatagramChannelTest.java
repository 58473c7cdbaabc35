package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A proxied datagram socket seen from both ends: Netty events here, a blocking socket there. */
class ProxyDatagramChannelTest {
    private static TestLine line;
    private static EventLoopGroup ownLoops;

    private final Events events = new Events();
    private final List<Channel> opened = new ArrayList<>();
    private DatagramSocket there;

    @BeforeAll
    static void open() throws Exception {
        line = TestLine.open();
        // Never the link's loop.
        ownLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void close() {
        line.close();
        ownLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @BeforeEach
    void openPeer() throws IOException {
        there = socket();
    }

    /** Whatever a test has done, the device has no socket left. */
    @AfterEach
    void nothingIsLeft() {
        opened.forEach(channel -> channel.close().syncUninterruptibly());
        there.close();
        OpenChannels.awaitNone(line.client);
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) WAIT.toMillis());
        return socket;
    }

    /** What has happened, in order; datagrams by their text. */
    private static final class Events extends ChannelInboundHandlerAdapter {
        final BlockingQueue<String> all = new LinkedTransferQueue<>();

        String next() throws InterruptedException {
            String event = all.poll(20, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            all.add("active");
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf data = ((ByteBufHolder) msg).content();
            all.add("read " + data.toString(StandardCharsets.US_ASCII));
            data.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            all.add(event.toString());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            all.add("exception " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            all.add("inactive");
        }
    }

    private Bootstrap bootstrap() {
        return bootstrap(ownLoops, line.client);
    }

    private Bootstrap bootstrap(EventLoopGroup loops, ProxyClient client) {
        return new Bootstrap()
                .group(loops)
                .channelFactory(() -> new ProxyDatagramChannel(client))
                .handler(events);
    }

    private ProxyDatagramChannel opened(ChannelFuture future) throws InterruptedException {
        Channel channel = future.sync().channel();
        opened.add(channel);
        return (ProxyDatagramChannel) channel;
    }

    private ProxyDatagramChannel bind(UnaryOperator<Bootstrap> options) throws InterruptedException {
        ProxyDatagramChannel here = opened(options.apply(bootstrap()).bind("127.0.0.1", 0));
        assertThat(events.next()).isEqualTo("active");
        return here;
    }

    private InetSocketAddress thereAddress() {
        return (InetSocketAddress) there.getLocalSocketAddress();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private String received() throws IOException {
        java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[65_535], 65_535);
        there.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    private static void send(DatagramSocket from, String text, ProxyDatagramChannel to) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        from.send(new java.net.DatagramPacket(bytes, bytes.length, to.localAddress()));
    }

    @Test
    void addressesAreTheDevices() throws Exception {
        ProxyDatagramChannel any = opened(bootstrap().bind(0));
        assertThat(any.localAddress().getAddress().isAnyLocalAddress()).isTrue();
        assertThat(any.localAddress().getPort()).isPositive();
        assertThat(any.largestDatagram()).isGreaterThanOrEqualTo(1_472);
        ProxyDatagramChannel here = opened(bootstrap().handler(new Events()).bind("127.0.0.1", 0));
        assertThat(here.localAddress().getAddress().isLoopbackAddress()).isTrue();
        assertThat(here.remoteAddress()).isNull();
        assertThat(here.isConnected()).isFalse();
    }

    @Test
    void aPortThatIsTakenIsABindExceptionAndMayBeTriedAgain() throws Exception {
        ProxyDatagramChannel here = opened(bootstrap().register());
        Throwable taken = here.bind(thereAddress()).await().cause();
        assertThat(taken).isInstanceOf(BindException.class).hasMessageContaining("Address already in use (device: ");
        assertThat(RemoteError.of(taken).orElseThrow().code()).isEqualTo(ErrorCode.ADDRESS_IN_USE);
        assertThat(here.isOpen()).isTrue();
        here.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync();
        assertThat(here.isActive()).isTrue();
        assertThat(here.bind(new InetSocketAddress(0)).await().cause()).isInstanceOf(AlreadyBoundException.class);
        assertThat(opened(bootstrap().handler(new Events()).register())
                        .bind(InetSocketAddress.createUnresolved("no-such", 0))
                        .await()
                        .cause())
                .isInstanceOf(UnresolvedAddressException.class);
    }

    @Test
    void whatIsFlushedWhileTheDeviceBindsGoesOutThen() throws Exception {
        ProxyDatagramChannel here = opened(bootstrap().register());
        here.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ChannelFuture write = here.writeAndFlush(new DatagramPacket(text("early"), thereAddress()));
        assertThat(received()).isEqualTo("early");
        write.sync();
    }

    @Test
    @SuppressWarnings("deprecation")
    void anActiveChannelBindsItselfToWrite() throws Exception {
        ProxyDatagramChannel here = opened(bootstrap()
                .option(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true)
                .register());
        assertThat(events.next()).isEqualTo("active");
        assertThat(here.isActive()).isTrue();
        assertThat(here.localAddress()).isNull();
        here.write(new DatagramPacket(text("one"), thereAddress()));
        here.writeAndFlush(new DatagramPacket(text("two"), thereAddress())).sync();
        assertThat(received()).isEqualTo("one");
        assertThat(received()).isEqualTo("two");
        assertThat(here.localAddress().getPort()).isPositive();
        assertThat(events.all).as("active once").isEmpty();
    }

    @Test
    void anUnboundChannelWritesNothing() throws Exception {
        ProxyDatagramChannel here = opened(bootstrap().register());
        assertThat(here.writeAndFlush(new DatagramPacket(text("x"), thereAddress()))
                        .await()
                        .cause())
                .isInstanceOf(NotYetConnectedException.class);
    }

    @Test
    void connectedItHearsItsPeerOnly() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        try (DatagramSocket stranger = socket()) {
            here.config().setAutoRead(false);
            send(stranger, "before", here);
            send(there, "first", here);
            here.connect(thereAddress()).sync();
            assertThat(here.isConnected()).isTrue();
            assertThat(here.remoteAddress()).isEqualTo(thereAddress());
            send(stranger, "stranger", here);
            send(there, "friend", here);
            here.config().setAutoRead(true);
            // autoRead had one read left when it was switched off.
            String first = events.next();
            assertThat(first.equals("read before") ? events.next() : first).isEqualTo("read first");
            assertThat(events.next()).isEqualTo("read friend");
            here.writeAndFlush(text("plain")).sync();
            assertThat(received()).isEqualTo("plain");
            here.writeAndFlush(Unpooled.EMPTY_BUFFER).sync();
            here.writeAndFlush(new DefaultAddressedEnvelope<>(text("named"), thereAddress()))
                    .sync();
            assertThat(received()).isEqualTo("named");
            assertThat(here.writeAndFlush(
                                    new DatagramPacket(text("x"), (InetSocketAddress) stranger.getLocalSocketAddress()))
                            .await()
                            .cause())
                    .isInstanceOf(AlreadyConnectedException.class);
            assertThat(here.connect(thereAddress()).await().cause()).isInstanceOf(AlreadyConnectedException.class);
            here.disconnect().sync();
            assertThat(here.isActive()).isTrue();
            assertThat(here.remoteAddress()).isNull();
            assertThat(here.writeAndFlush(text("x")).await().cause()).isInstanceOf(NotYetConnectedException.class);
            send(stranger, "again", here);
            assertThat(events.next()).isEqualTo("read again");
        }
    }

    @Test
    void connectingBinds() throws Exception {
        ProxyDatagramChannel here = opened(bootstrap().connect(thereAddress()));
        assertThat(events.next()).isEqualTo("active");
        here.writeAndFlush(text("hello")).sync();
        assertThat(received()).isEqualTo("hello");
    }

    @Test
    void emptyDatagramsAreDatagrams() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        for (int i = 0; i < 40; i++) {
            here.writeAndFlush(new DatagramPacket(Unpooled.EMPTY_BUFFER, thereAddress()));
            assertThat(received()).isEmpty();
            send(there, "", here);
            assertThat(events.next()).isEqualTo("read ");
        }
    }

    @Test
    void nothingIsReadUnasked() throws Exception {
        ProxyDatagramChannel here = bind(options -> options.option(ChannelOption.AUTO_READ, false)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new io.netty.channel.FixedRecvByteBufAllocator(1).maxMessagesPerRead(1)));
        send(there, "a", here);
        send(there, "b", here);
        here.read();
        assertThat(events.next()).isEqualTo("read a");
        line.client.ping().block(WAIT);
        assertThat(events.all).isEmpty();
        here.read();
        assertThat(events.next()).isEqualTo("read b");
    }

    @Test
    void whatIsNotReadIsBoundedAndTheDeviceCountsTheRest() throws Exception {
        ProxyDatagramChannel here =
                bind(options -> options.option(ChannelOption.AUTO_READ, false).option(ChannelOption.SO_RCVBUF, 1_024));
        String text = "x".repeat(100);
        for (int i = 0; i < 20; i++) {
            send(there, text, here);
        }
        long dropped = 0;
        // 8 of 124 bytes fit 1,024.
        while (dropped < 12) {
            String event = events.next();
            assertThat(event).startsWith("DatagramsDropped[datagrams=");
            dropped = here.droppedDatagrams();
        }
        assertThat(dropped).isEqualTo(12);
        here.config().setReceiveBufferSize(10_000);
        // The grant has gone when this loop has come round, and has come when the device answers.
        here.eventLoop().submit(() -> {}).sync();
        line.client.ping().block(WAIT);
        for (int i = 0; i < 8; i++) {
            send(there, text, here);
        }
        line.client.ping().block(WAIT);
        here.config().setAutoRead(true);
        for (int i = 0; i < 16; i++) {
            assertThat(events.next()).isEqualTo("read " + text);
        }
        for (int i = 0; i < 100; i++) {
            send(there, "again", here);
            assertThat(events.next()).isEqualTo("read again");
        }
    }

    @Test
    void writabilityFollowsTheLine() throws Exception {
        ProxyDatagramChannel here = bind(options -> options.option(ChannelOption.SO_SNDBUF, 1_000));
        int datagrams = 300;
        ByteBuf content = Unpooled.wrappedBuffer(new byte[1_000]);
        ChannelFuture last = here.newSucceededFuture();
        for (int i = 0; i < datagrams; i++) {
            last = here.write(new DatagramPacket(content.retainedDuplicate(), thereAddress()));
        }
        assertThat(here.isWritable()).isFalse();
        here.flush();
        assertThat(last.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(last.isSuccess()).isTrue();
        assertThat(here.isWritable()).isTrue();
        // All are copies that are the channel's own.
        assertThat(content.release()).isTrue();
    }

    @Test
    void recipientsMustBeResolved() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        ByteBuf content = text("x");
        assertThat(here.writeAndFlush(
                                new DatagramPacket(content, InetSocketAddress.createUnresolved("example.test", 9)))
                        .await()
                        .cause())
                .isInstanceOf(UnresolvedAddressException.class);
        assertThat(content.refCnt()).isZero();
        assertThat(here.writeAndFlush("text").await().cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("DatagramPacket");
        assertThat(here.isActive()).isTrue();
    }

    @Test
    void whatTheNetworkRefusesIsAnExceptionAndNoEnd() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        // Without SO_BROADCAST.
        here.writeAndFlush(new DatagramPacket(
                        text("x"), new InetSocketAddress(InetAddress.getByAddress(new byte[] {-1, -1, -1, -1}), 9)))
                .sync();
        assertThat(events.next()).startsWith("exception ").contains("(device: ");
        here.writeAndFlush(new DatagramPacket(text("on"), thereAddress())).sync();
        assertThat(received()).isEqualTo("on");
    }

    @Test
    void optionsThatItHasNotFailClearly() throws Exception {
        ProxyDatagramChannel here = bind(options -> options.option(ChannelOption.SO_BROADCAST, true));
        ProxyDatagramChannelConfig config = here.config();
        assertThat(config.getOption(ChannelOption.SO_RCVBUF)).isEqualTo(131_072);
        assertThat(config.getOption(ChannelOption.SO_BROADCAST)).isTrue();
        assertThat(config.setOption(ChannelOption.SO_BACKLOG, 1)).isFalse();
        assertThatThrownBy(() -> config.setOption(ChannelOption.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("IP_MULTICAST_TTL");
        assertThatThrownBy(() -> config.setReceiveBufferSize(10)).hasMessageContaining("1024 to 16777216");
        assertThat(here.joinGroup(InetAddress.getByName("224.0.0.1")).await().cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("multicast");
    }

    @Test
    void optionsOfAnOpenSocketAreSetOnTheDevice() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        InetAddress broadcast = InetAddress.getByAddress(new byte[] {127, -1, -1, -1});
        here.writeAndFlush(new DatagramPacket(text("x"), new InetSocketAddress(broadcast, 9)));
        assertThat(events.next()).startsWith("exception ");
        here.config().setBroadcast(true);
        here.eventLoop().submit(() -> {}).sync();
        here.writeAndFlush(new DatagramPacket(text("x"), new InetSocketAddress(broadcast, 9)))
                .sync();
        // What the device has to say of it comes before what comes from the network later.
        line.client.ping().block(WAIT);
        send(there, "fine", here);
        assertThat(events.next()).isEqualTo("read fine");
        assertThat(here.config().isBroadcast()).isTrue();
    }

    @Test
    void closingSendsWhatWasWritten() throws Exception {
        ProxyDatagramChannel here = bind(options -> options);
        for (int i = 0; i < 10; i++) {
            here.write(new DatagramPacket(text("last " + i), thereAddress()));
        }
        here.flush();
        here.close().sync();
        for (int i = 0; i < 10; i++) {
            assertThat(received()).isEqualTo("last " + i);
        }
        assertThat(events.next()).isEqualTo("inactive");
        assertThat(here.writeAndFlush(new DatagramPacket(text("x"), thereAddress()))
                        .await()
                        .cause())
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void itClosesInAnyState() throws Exception {
        ProxyDatagramChannel registered = opened(bootstrap().register());
        registered.close().sync();
        for (int i = 0; i < 100; i++) {
            ProxyDatagramChannel binding =
                    opened(bootstrap().handler(new Events()).register());
            ChannelFuture bind = binding.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ChannelFuture write = binding.writeAndFlush(new DatagramPacket(text("x"), thereAddress()));
            binding.close().sync();
            assertThat(bind.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(write.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(binding.isActive()).isFalse();
        }
    }

    @Test
    void itsLoopsEndClosesIt() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel here = bootstrap(loops, line.client).bind(0).sync().channel();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        assertThat(here.isOpen()).isFalse();
    }

    @Test
    void theLinksEndIsItsEnd() throws Exception {
        TestLine other = TestLine.open();
        try {
            ProxyDatagramChannel here = (ProxyDatagramChannel) bootstrap(ownLoops, other.client)
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            assertThat(events.next()).isEqualTo("active");
            ChannelFuture waiting = here.write(new DatagramPacket(text("x"), thereAddress()));
            other.client.close().block(WAIT);
            assertThat(events.next()).startsWith("exception LinkLostException");
            assertThat(events.next()).isEqualTo("inactive");
            assertThat(waiting.await().cause()).hasCauseInstanceOf(LinkLostException.class);
            assertThat(bootstrap(ownLoops, other.client)
                            .handler(new Events())
                            .bind(0)
                            .await()
                            .cause())
                    .isInstanceOf(LinkLostException.class);
        } finally {
            other.close();
        }
    }
}
