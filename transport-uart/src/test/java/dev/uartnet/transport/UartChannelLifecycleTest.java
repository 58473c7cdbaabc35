package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening, closing and losing a port, on every kind of event loop, over real pseudo terminals. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class UartChannelLifecycleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private EventLoopGroup group;

    @AfterEach
    void tearDown() throws InterruptedException {
        if (group != null) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
        assertThat(Blocking.take()).isEmpty();
    }

    private Bootstrap bootstrap(UartChannel channel, ChannelHandler handler) {
        return new Bootstrap().group(group).channelFactory(() -> channel).handler(handler);
    }

    private Channel connect(Line line, ChannelHandler handler) throws InterruptedException {
        return bootstrap(line.newHost(), handler).connect(line.address()).sync().channel();
    }

    @ParameterizedTest
    @EnumSource
    void eventsComeInNettysOrder(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, log);
            assertThat(channel.isActive()).isTrue();
            assertThat(channel.remoteAddress()).isEqualTo(line.address());
            assertThat(channel.metadata().hasDisconnect()).isFalse();
            line.device().write(new byte[] {1, 2, 3}, 0, 3);
            assertThat(log.read(3)).containsExactly(1, 2, 3);
            assertThat(log.eventsUntil("readComplete")).containsExactly("registered", "active", "read", "readComplete");
            channel.close().sync();
            assertThat(channel.isOpen()).isFalse();
            assertThat(log.eventsUntil("unregistered")).containsExactly("inactive", "unregistered");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesWhileOpening(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        SlowPort port = new SlowPort();
        ChannelFuture connect = bootstrap(new UartChannel(port), new EventLog()).connect(new UartAddress("slow"));
        port.awaitOpening();
        Channel channel = connect.channel();
        assertThat(channel.connect(new UartAddress("again")).await().cause())
                .isInstanceOf(ConnectionPendingException.class);
        assertThat(channel.close().await(PATIENCE.toMillis())).isTrue();
        assertThat(connect.await().cause()).isInstanceOf(ClosedChannelException.class);
        port.finishOpening();
    }

    @ParameterizedTest
    @EnumSource
    void cancelledConnectCloses(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        SlowPort port = new SlowPort();
        ChannelFuture connect = bootstrap(new UartChannel(port), new EventLog()).connect(new UartAddress("slow"));
        port.awaitOpening();
        assertThat(connect.cancel(false)).isTrue();
        assertThat(connect.channel().closeFuture().await(PATIENCE.toMillis())).isTrue();
        assertThatThrownBy(connect::sync).isInstanceOf(CancellationException.class);
        port.finishOpening();
    }

    /** Else who opens the port again behind the close finds it in use. */
    @ParameterizedTest
    @EnumSource
    void closingWaitsUntilTheOpenerHasLetGoOfThePort(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        CountDownLatch letGo = new CountDownLatch(1);
        SlowPort port = new SlowPort() {
            @Override
            public void open(UartSettings settings) throws IOException {
                super.open(settings);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // what a driver may take to close
                letGo.countDown();
                throw new IOException("closed meanwhile");
            }

            @Override
            public void close() {
                finishOpening();
            }
        };
        ChannelFuture connect = bootstrap(new UartChannel(port), new EventLog()).connect(new UartAddress("slow"));
        port.awaitOpening();
        assertThat(connect.cancel(false)).isTrue();
        assertThat(connect.channel().closeFuture().await(PATIENCE.toMillis())).isTrue();
        assertThat(letGo.getCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void deregisteredWhileOpeningCloses(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        SlowPort port = new SlowPort();
        ChannelFuture connect = bootstrap(new UartChannel(port), new EventLog()).connect(new UartAddress("slow"));
        port.awaitOpening();
        connect.channel().deregister();
        assertThat(connect.channel().closeFuture().await(PATIENCE.toMillis())).isTrue();
        assertThat(connect.await().cause()).isInstanceOf(ClosedChannelException.class);
        port.finishOpening();
    }

    @ParameterizedTest
    @EnumSource
    void connectTimesOut(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        SlowPort port = new SlowPort();
        ChannelFuture connect = bootstrap(new UartChannel(port), new EventLog())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50)
                .connect(new UartAddress("slow"));
        assertThat(connect.await().cause())
                .isInstanceOf(ConnectTimeoutException.class)
                .hasMessageContaining("slow")
                .hasMessageContaining("50 ms");
        assertThat(connect.channel().closeFuture().await(PATIENCE.toMillis())).isTrue();
        port.finishOpening();
    }

    @ParameterizedTest
    @EnumSource
    void closesWhileTheOtherEndDoesNotRead(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, log);
            ChannelFuture write = flushed(channel, 1_000_000);
            log.eventsUntil("unwritable");
            assertThat(write.await(200)).as("the other end does not read").isFalse();
            assertThat(channel.close().await(PATIENCE.toMillis())).isTrue();
            assertThat(write.await().cause()).isInstanceOf(ClosedChannelException.class);
            reopens(line);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesWhileNothingComes(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, new EventLog());
            assertThat(channel.disconnect().await(PATIENCE.toMillis())).isTrue();
            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]))
                            .await()
                            .cause())
                    .isInstanceOf(ClosedChannelException.class);
            reopens(line);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesBeforeConnecting(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        UartChannel channel = new UartChannel();
        channel.pipeline().addLast(log);
        group.register(channel).sync();
        assertThat(channel.close().await(PATIENCE.toMillis())).isTrue();
        assertThat(log.eventsUntil("unregistered")).containsExactly("registered", "unregistered");
        assertThat(channel.connect(new UartAddress("/dev/null")).await().cause())
                .isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void secondConnectFails(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, new EventLog());
            assertThat(channel.connect(line.address()).await().cause()).isInstanceOf(AlreadyConnectedException.class);
            assertThat(channel.isActive()).isTrue();
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @EnumSource
    void lastBytesBeforeAnOrderlyCloseArrive(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        try (Line line = Line.open(Line.Kind.MEMORY)) {
            Channel channel = connect(line, new EventLog());
            byte[] goodbye = new Pattern(3).bytes(0, 30_000);
            channel.writeAndFlush(Unpooled.wrappedBuffer(goodbye)).addListener(ChannelFutureListener.CLOSE);
            channel.closeFuture().sync();
            assertThat(readFully(line.device(), goodbye.length)).isEqualTo(goodbye);
        }
    }

    @ParameterizedTest
    @EnumSource
    void vanishedPeerClosesTheChannel(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, log);
            channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    ctx.fireExceptionCaught(cause);
                    ctx.close(); // as many handlers do
                }
            });
            ChannelFuture stuck = flushed(channel, 1_000_000);
            log.eventsUntil("unwritable");
            line.unplug();
            assertThat(channel.closeFuture().await(PATIENCE.toMillis())).isTrue();
            assertThat(log.exception())
                    .isInstanceOf(UartPortLostException.class)
                    .hasMessageContaining(line.address().portName());
            assertThat(stuck.await().cause()).isInstanceOf(UartPortLostException.class);
            assertThat(log.eventsUntil("unregistered"))
                    .containsExactly("exception UartPortLostException", "inactive", "unregistered");
        }
    }

    @ParameterizedTest
    @EnumSource
    void vanishedPeerIsSeenWithoutReading(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            UartChannel host = line.newHost();
            Channel channel = bootstrap(host, log)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(UartChannelOption.READ_BUFFER_SIZE, 64)
                    .connect(line.address())
                    .sync()
                    .channel();
            byte[] sent = new Pattern(7).bytes(0, 64);
            line.device().write(sent, 0, 64);
            line.device().write(sent, 0, 64);
            assertThat(line.device().write(sent, 0, 64)).isEqualTo(64);
            // Once these are in the channel's buffer, which is then full, they are not lost with the port.
            while (!host.isReadBufferFull()) {
                Thread.onSpinWait();
            }
            line.unplug();
            assertThat(channel.closeFuture().await(PATIENCE.toMillis())).isTrue();
            assertThat(log.exception()).isInstanceOf(UartPortLostException.class);
            assertThat(log.read(64)).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shuttingDownTheEventLoopClosesThePort(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, log);
            ChannelFuture stuck = channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
            // Without any quiet period Netty may run its shutdown hooks when no event can be fired any more.
            group.shutdownGracefully(10, 5000, TimeUnit.MILLISECONDS).sync();
            assertThat(channel.isOpen()).isFalse();
            assertThat(stuck.isDone()).isTrue();
            assertThat(log.eventsUntil("unregistered")).contains("inactive");
            awaitNoThreadsOf(line.address().portName());
        }
        group = loops.newGroup(1);
    }

    @ParameterizedTest
    @EnumSource
    void nothingRemainsOfAHundredOpenings(EventLoops loops) throws Exception {
        group = loops.newGroup(1);
        try (Line line = Line.open(Line.Kind.PTY)) {
            connect(line, new EventLog()).close().sync();
            long descriptors = openDescriptors();
            for (int round = 0; round < 100; round++) {
                connect(line, new EventLog()).close().sync();
            }
            awaitNoThreadsOf(line.address().portName());
            assertThat(openDescriptors()).isEqualTo(descriptors);
        }
    }

    @ParameterizedTest
    @EnumSource
    void movesToAnotherEventLoop(EventLoops loops) throws Exception {
        group = loops.newGroup(2);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel channel = connect(line, log);
            for (byte round = 0; round < 10; round++) {
                channel.deregister().sync();
                line.device().write(new byte[] {round}, 0, 1); // while it belongs to no loop
                group.next().register(channel).sync();
                assertThat(log.read()).containsExactly(round);
                channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {round}))
                        .sync();
                assertThat(readFully(line.device(), 1)).containsExactly(round);
            }
            channel.close().sync();
            assertThat(log.eventsUntil("inactive").stream().filter("active"::equals))
                    .hasSize(1);
        }
    }

    private void reopens(Line line) throws InterruptedException {
        connect(line, new EventLog()).close().sync();
    }

    static byte[] readFully(UartPort port, int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = 0;
        while (have < length) {
            int count = port.read(bytes, have, length - have);
            assertThat(count).as("the port was closed").isNotNegative();
            have += count;
        }
        return bytes;
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    private static List<String> uartThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("uart-"))
                .toList();
    }

    private static void awaitNoThreadsOf(String portName) {
        long start = System.nanoTime();
        while (uartThreads().stream().anyMatch(name -> name.endsWith(portName))) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            Thread.onSpinWait();
        }
    }

    /** A port whose driver takes its time to open. */
    private static class SlowPort implements UartPort {
        private final CountDownLatch opening = new CountDownLatch(1);
        private final CountDownLatch finish = new CountDownLatch(1);

        void awaitOpening() throws InterruptedException {
            assertThat(opening.await(10, TimeUnit.SECONDS)).isTrue();
        }

        void finishOpening() {
            finish.countDown();
        }

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public void open(UartSettings settings) throws IOException {
            opening.countDown();
            try {
                finish.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return -1;
        }

        @Override
        public int write(byte[] source, int offset, int length) {
            return -1;
        }

        @Override
        public boolean isLost() {
            return false;
        }

        @Override
        public void configure(UartSettings settings) {}

        @Override
        public void setDtr(boolean asserted) {}

        @Override
        public void setRts(boolean asserted) {}

        @Override
        public void setBreak(boolean active) {}

        @Override
        public void close() {}
    }

    /** A write that the channel has seen: from outside its event loop it would only be on its way. */
    private static ChannelFuture flushed(Channel channel, int size) throws Exception {
        return channel.eventLoop()
                .submit(() -> channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[size])))
                .get();
    }
}
