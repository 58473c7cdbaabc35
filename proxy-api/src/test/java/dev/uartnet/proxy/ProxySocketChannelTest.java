package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.DeviceException;
import dev.uartnet.esp32.RequestGate;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxied socket seen from both ends: Netty events here, a blocking socket there. */
class ProxySocketChannelTest {
    private static TestLine line;

    @BeforeAll
    static void open() throws Exception {
        line = TestLine.open();
    }

    @AfterAll
    static void close() {
        line.close();
    }

    private record Ends(ProxySocketChannel here, Socket there, SocketEvents events) implements AutoCloseable {
        static Ends connect(ServerSocket server, boolean autoRead, boolean halfClosure) throws Exception {
            SocketEvents events = new SocketEvents();
            Channel here = line.client
                    .bootstrap(line.loops)
                    .option(ChannelOption.AUTO_READ, autoRead)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
                    .handler(events)
                    .connect("127.0.0.1", server.getLocalPort())
                    .sync()
                    .channel();
            Socket there = server.accept();
            there.setSoTimeout(20_000);
            assertThat(events.next()).isEqualTo("registered");
            assertThat(events.next()).isEqualTo("active");
            return new Ends((ProxySocketChannel) here, there, events);
        }

        @Override
        public void close() throws IOException {
            here.close().syncUninterruptibly();
            there.close();
        }
    }

    @Test
    void addressesAreTheDevices() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            assertThat(ends.here.remoteAddress()).isEqualTo(ends.there.getLocalSocketAddress());
            assertThat(ends.here.localAddress()).isEqualTo(ends.there.getRemoteSocketAddress());
            assertThat(ends.here.toString()).contains("R:").contains(":" + server.getLocalPort());
        }
    }

    @Test
    void nothingIsReadUnasked() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, false, false)) {
            ends.there.getOutputStream().write(new byte[100]);
            // The bytes come before this answer.
            line.client.ping().block(TestLine.WAIT);
            assertThat(ends.events.all).isEmpty();
            ends.here.read();
            assertThat(ends.events.next()).isEqualTo("read 100");
            ends.there.close();
            line.client.ping().block(TestLine.WAIT);
            assertThat(ends.here.isActive()).as("the end is read, too").isTrue();
            ends.here.read();
            assertThat(ends.events.next()).isEqualTo("inactive");
            assertThat(ends.events.next()).isEqualTo("unregistered");
        }
    }

    @Test
    void eitherHalfCloses() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, true)) {
            ends.there.getOutputStream().write(1);
            ends.there.shutdownOutput();
            assertThat(ends.events.next()).isEqualTo("read 1");
            assertThat(ends.events.next()).isEqualTo("input shut down");
            assertThat(ends.events.next()).isEqualTo("input read");
            assertThat(ends.here.isActive()).isTrue();
            ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[20_000])).sync();
            ends.here.shutdownOutput().sync();
            assertThat(ends.there.getInputStream().readAllBytes()).hasSize(20_000);
            assertThat(ends.here.isShutdown()).isTrue();
        }
    }

    @Test
    void closingSendsWhatWasWritten() throws Exception {
        // The second one is far more than the send buffer takes.
        for (int bytes : new int[] {10_000, 500_000}) {
            try (ServerSocket server = new ServerSocket(0);
                    Ends ends = Ends.connect(server, true, false)) {
                ChannelFuture write = ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]));
                ends.here.close().sync();
                assertThat(write.isSuccess()).isTrue();
                assertThat(ends.there.getInputStream().readAllBytes()).hasSize(bytes);
            }
        }
    }

    @Test
    void aFileThatIsCutShortByItsCloseDoesNotLookWhole(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[500_000]);
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.here.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 500_000));
            ends.here.close().sync();
            assertThatThrownBy(() -> ends.there.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void lingeringNotResets() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.here.config().setSoLinger(0);
            ends.here.close().sync();
            assertThatThrownBy(() -> ends.there.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aResetIsAnException() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.there.setSoLinger(true, 0);
            ends.there.close();
            assertThat(ends.events.next()).startsWith("exception Connection reset by peer");
            assertThat(ends.events.next()).isEqualTo("inactive");
            ChannelFuture write = ends.here.writeAndFlush(Unpooled.buffer(1).writeZero(1));
            assertThat(write.await().cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void writabilityFollowsTheReader() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            int size = 12 << 20;
            ChannelFuture write = ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[size]));
            assertThat(ends.here.isWritable()).isFalse();
            assertThat(write.isDone()).isFalse();
            byte[] read = ends.there.getInputStream().readNBytes(size);
            assertThat(read).hasSize(size);
            assertThat(write.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ends.here.isWritable()).isTrue();
        }
    }

    @Test
    void itsLoopsEndClosesIt() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (ServerSocket server = new ServerSocket(0)) {
            Channel here = line.client
                    .bootstrap(loops)
                    .handler(new SocketEvents())
                    .connect("127.0.0.1", server.getLocalPort())
                    .sync()
                    .channel();
            try (Socket there = server.accept()) {
                there.setSoTimeout(20_000);
                loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
                assertThat(here.isOpen()).isFalse();
                assertThat(there.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void optionsThatItHasNotFailClearly() throws Exception {
        ProxySocketChannel socket = new ProxySocketChannel(line.client);
        ProxySocketChannelConfig config = socket.config();
        assertThat(config.getOption(ChannelOption.SO_RCVBUF)).isEqualTo(65_536);
        assertThat(config.setOption(ChannelOption.SO_BACKLOG, 1)).isFalse();
        assertThatThrownBy(() -> config.setOption(ChannelOption.IP_TOS, 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("IP_TOS");
        assertThatThrownBy(() -> config.setReceiveBufferSize(10)).hasMessageContaining("1024 to 16777216");
        for (boolean value : new boolean[] {true, false}) {
            assertThat(config.setOption(ChannelOption.SO_KEEPALIVE, value)).isTrue();
            assertThat(config.getOption(ChannelOption.SO_KEEPALIVE)).isEqualTo(value);
        }
    }

    /** Frames larger than the allocator's guess are read in slices; with auto-read off, one a read(). */
    @Test
    void theAllocatorDecidesHowMuchIsRead() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, false, false)) {
            ends.here.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(40));
            ends.there.getOutputStream().write(new byte[100]);
            for (String read : new String[] {"read 40", "read 40", "read 20"}) {
                line.client.ping().block(TestLine.WAIT);
                assertThat(ends.events.all).isEmpty();
                ends.here.read();
                assertThat(ends.events.next()).isEqualTo(read);
            }
        }
    }

    @Test
    void itsOwnAddressCanBeChosen() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        InetSocketAddress own = new InetSocketAddress(NetUtil.LOCALHOST4, port);
        SocketEvents events = new SocketEvents();
        try (ServerSocket server = new ServerSocket(0)) {
            ProxySocketChannel here = (ProxySocketChannel) line.client
                    .bootstrap(line.loops)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .handler(events)
                    .bind(own)
                    .sync()
                    .channel();
            assertThat(here.localAddress()).isEqualTo(own);
            assertThat(here.isActive()).isFalse();
            here.connect(server.getLocalSocketAddress()).sync();
            try (Socket there = server.accept()) {
                assertThat(there.getRemoteSocketAddress()).isEqualTo(own);
                assertThat(here.localAddress()).isEqualTo(own);
            }
            here.close().sync();
            // Of an address that is not the device's.
            ChannelFuture foreign = line.client
                    .bootstrap(line.loops)
                    .handler(events)
                    .connect(
                            server.getLocalSocketAddress(),
                            new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString("192.0.2.1"), 0))
                    .await();
            assertThat(foreign.cause()).isInstanceOf(BindException.class);
            assertThat(RemoteError.of(foreign.cause()).orElseThrow().code()).isEqualTo(ErrorCode.ADDRESS_NOT_AVAILABLE);
        }
    }

    /** Refuses an option of an open connection, whatever it is, and notes which were asked for. */
    private static final class NoOptions implements RequestGate {
        final BlockingQueue<Object> asked = new LinkedTransferQueue<>();

        @Override
        public CompletionStage<?> admit(int operation, List<@Nullable Object> args) {
            if (operation != Operation.SOCKET_OPTION) {
                return CompletableFuture.completedFuture(null);
            }
            asked.add(Objects.requireNonNull(args.get(1)));
            return CompletableFuture.failedFuture(new DeviceException(ErrorCode.UNSUPPORTED, "no such option"));
        }
    }

    @Test
    void optionsOfAnOpenConnectionAreSetOnTheDeviceOrTakenBack() throws Exception {
        NoOptions none = new NoOptions();
        try (TestLine own = TestLine.open(device -> device.gate(none));
                ServerSocket server = new ServerSocket(0)) {
            ProxySocketChannel here = (ProxySocketChannel) own.client
                    .bootstrap(own.loops)
                    .option(ChannelOption.TCP_NODELAY, false)
                    .handler(new SocketEvents())
                    .connect("127.0.0.1", server.getLocalPort())
                    .sync()
                    .channel();
            here.config().setTcpNoDelay(true);
            here.config().setKeepAlive(true);
            assertThat(none.asked.poll(20, TimeUnit.SECONDS)).isEqualTo("no_delay");
            assertThat(none.asked.poll(20, TimeUnit.SECONDS)).isEqualTo("keep_alive");
            // The answers come before this one; they are taken over on the socket's own loop.
            own.client.ping().block(TestLine.WAIT);
            here.eventLoop().submit(() -> {}).sync();
            assertThat(here.config().isTcpNoDelay()).isFalse();
            assertThat(here.config().isKeepAlive()).isFalse();
            assertThat(here.isActive()).isTrue();
        }
    }

    @Test
    void windowsChangeWhileConnected() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, false, false)) {
            ends.here.config().setReceiveBufferSize(1024);
            ends.here.config().setSendBufferSize(1);
            ends.here.config().setReceiveBufferSize(1 << 20).setSendBufferSize(1 << 20);
            ends.here.config().setAutoRead(true);
            Thread writer = new Thread(() -> {
                try {
                    ends.there.getOutputStream().write(new byte[3 << 20]);
                } catch (IOException e) {
                    ends.events.all.add(e.toString());
                }
            });
            writer.start();
            ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 20])).sync();
            ends.here.config().setReceiveBufferSize(2048).setSendBufferSize(10);
            ChannelFuture rest = ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[5000]));
            assertThat(ends.there.getInputStream().readNBytes((1 << 20) + 5000)).hasSize((1 << 20) + 5000);
            assertThat(rest.await(20, TimeUnit.SECONDS)).isTrue();
            int read = 0;
            while (read < 3 << 20) {
                String event = ends.events.next();
                assertThat(event).startsWith("read ");
                read += Integer.parseInt(event.substring(5));
            }
            assertThat(read).isEqualTo(3 << 20);
            writer.join();
        }
    }

    @Test
    void filesAreWrittenBetweenBytes(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("file");
        byte[] content = new byte[300_000];
        new Random(5).nextBytes(content);
        Files.write(file, content);
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.here.write(Unpooled.wrappedBuffer(new byte[3]));
            ends.here.write(new DefaultFileRegion(file.toFile(), 100, 200_000));
            ends.here.write(new DefaultFileRegion(file.toFile(), 0, 0));
            ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[4])).addListener(done -> ends.here.close());
            byte[] all = ends.there.getInputStream().readAllBytes();
            assertThat(all).hasSize(3 + 200_000 + 4);
            assertThat(Arrays.copyOfRange(all, 3, 200_003)).isEqualTo(Arrays.copyOfRange(content, 100, 200_100));
        }
        // One that is shorter than was said ends the connection; one that is not over when it ends is closed.
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false);
                Ends slow = Ends.connect(server, true, false)) {
            ChannelFuture tooLong = ends.here
                    .writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 400_000))
                    .await();
            assertThat(tooLong.cause()).isInstanceOf(IOException.class).hasMessageContaining("cannot read the file");
            DefaultFileRegion region = new DefaultFileRegion(file.toFile(), 0, 300_000);
            ChannelFuture unfinished = slow.here.writeAndFlush(region);
            slow.here.close().sync();
            assertThat(unfinished.await().isSuccess()).isFalse();
            while (region.refCnt() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whatTheDeviceSaidIsThere() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        Throwable refused = line.client
                .bootstrap(line.loops)
                .handler(new SocketEvents())
                .connect("127.0.0.1", port)
                .await()
                .cause();
        assertThat(refused).isInstanceOf(ConnectException.class).hasMessageContaining("Connection refused");
        assertThat(RemoteError.of(refused).orElseThrow().code()).isEqualTo(ErrorCode.CONNECTION_REFUSED);
        assertThat(RemoteError.of(new IOException("here"))).isEmpty();
        CompletableFuture<Throwable> reset = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.here.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    reset.complete(cause);
                }
            });
            ends.there.setSoLinger(true, 0);
            ends.there.close();
            assertThat(RemoteError.of(reset.get(20, TimeUnit.SECONDS))
                            .orElseThrow()
                            .code())
                    .isEqualTo(ErrorCode.CONNECTION_RESET);
        }
    }

    @Test
    void ipv6() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, NetUtil.LOCALHOST6)) {
            Channel here = line.client
                    .bootstrap(line.loops)
                    .handler(new SocketEvents())
                    .connect(server.getLocalSocketAddress())
                    .sync()
                    .channel();
            try (Socket there = server.accept()) {
                assertThat(here.localAddress()).isEqualTo(there.getRemoteSocketAddress());
                assertThat(here.remoteAddress()).isEqualTo(there.getLocalSocketAddress());
            }
            here.close().sync();
        }
    }
}
