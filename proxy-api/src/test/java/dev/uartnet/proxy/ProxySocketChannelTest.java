package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    /** What has happened, in order; bytes by their number. */
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
            ByteBuf data = (ByteBuf) msg;
            all.add("read " + data.readableBytes());
            data.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            all.add(
                    event == ChannelInputShutdownEvent.INSTANCE
                            ? "input shut down"
                            : event == ChannelInputShutdownReadComplete.INSTANCE ? "input read" : event.toString());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            all.add("exception " + cause.getMessage());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            all.add("inactive");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            all.add("unregistered");
        }
    }

    private record Ends(ProxySocketChannel here, Socket there, Events events) implements AutoCloseable {
        static Ends connect(ServerSocket server, boolean autoRead, boolean halfClosure) throws Exception {
            Events events = new Events();
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
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            ends.here.writeAndFlush(Unpooled.wrappedBuffer(new byte[10_000]));
            ends.here.close().sync();
            assertThat(ends.there.getInputStream().readAllBytes()).hasSize(10_000);
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
                    .handler(new Events())
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
        try (ServerSocket server = new ServerSocket(0);
                Ends ends = Ends.connect(server, true, false)) {
            assertThatThrownBy(() -> ends.here.config().setReceiveBufferSize(100_000))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("before the channel is connected");
        }
    }
}
