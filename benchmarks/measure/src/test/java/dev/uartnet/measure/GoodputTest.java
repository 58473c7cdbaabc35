package dev.uartnet.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ProxyClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GoodputTest {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Bootstrap sockets() {
        return new Bootstrap().group(group).channel(NioSocketChannel.class);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private SocketAddress server() {
        return PatternServer.listen(group, anyPort())
                .syncUninterruptibly()
                .channel()
                .localAddress();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "0,1", "2500000,0", "10000000,0", "0,2500000", "2500000,1100000"})
    void bytesGoBothWays(long down, long up) throws Exception {
        Goodput goodput = Goodput.measure(sockets(), server(), down, up).get(30, TimeUnit.SECONDS);

        assertThat(goodput.downBytes()).isEqualTo(down);
        assertThat(goodput.upBytes()).isEqualTo(up);
        assertThat(goodput.down() > 0).isEqualTo(down > 0);
        assertThat(goodput.up() > 0).isEqualTo(up > 0);
    }

    @Test
    void throughADeviceToo() throws Exception {
        SocketAddress server = server();
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            ProxyClient client = Objects.requireNonNull(ProxyClient.connector()
                    .port(device.servePty())
                    .runOn(group)
                    .connect()
                    .block());

            Goodput goodput = Goodput.measure(client.bootstrap(group), server, 200_000, 100_000)
                    .get(30, TimeUnit.SECONDS);
            RoundTrips trips =
                    Objects.requireNonNull(RoundTrips.measure(client, 10).block());

            assertThat(goodput.down()).isPositive();
            assertThat(trips.count()).isEqualTo(10);
            assertThat(trips.millis(50)).isPositive().isLessThanOrEqualTo(trips.millis(100));
            client.close().block(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @CsvSource({"UP", "ECHO"})
    void smallMessagesGoOnUntilTheyAreClosed(SmallMessages.Way way) throws Exception {
        try (SmallMessages all = SmallMessages.start(sockets(), server(), 8, 32, way, Duration.ofSeconds(10))) {
            while (all.messages() < 1_000) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aWrongByteIsSeen() {
        // Passes everything on to a real server, and damages one byte of what comes down.
        SocketAddress server = server();
        SocketAddress relay = listen(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                context.channel().config().setAutoRead(false);
                sockets()
                        .handler(new ChannelInboundHandlerAdapter() {
                            private long passed;

                            @Override
                            public void channelRead(ChannelHandlerContext far, Object message) {
                                ByteBuf data = (ByteBuf) message;
                                if (passed < 1_000 && passed + data.readableBytes() >= 1_000) {
                                    int at = data.readerIndex() + (int) (999 - passed);
                                    data.setByte(at, data.getByte(at) ^ 1);
                                }
                                passed += data.readableBytes();
                                context.writeAndFlush(data);
                            }
                        })
                        .connect(server)
                        .addListener((io.netty.channel.ChannelFutureListener) connected -> {
                            Channel far = connected.channel();
                            context.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext near, Object message) {
                                    far.writeAndFlush(message);
                                }
                            });
                            context.channel().closeFuture().addListener(closed -> far.close());
                            context.channel().config().setAutoRead(true);
                        });
            }
        });

        assertThatThrownBy(() -> Goodput.measure(sockets(), relay, 50_000, 0).get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining("the bytes that came down are not those that were sent");
    }

    @Test
    void aConnectionThatEndsIsAFailure() {
        SocketAddress deaf = listen(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                context.close();
            }
        });

        assertThatThrownBy(() -> Goodput.measure(sockets(), deaf, 50_000, 0).get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 24, 64})
    void aStrangerIsSentAway(int bytes) throws Exception {
        Channel stranger = sockets()
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server())
                .sync()
                .channel();
        stranger.writeAndFlush(stranger.alloc().buffer().writeBytes(new byte[bytes]));

        assertThat(stranger.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
    }

    private SocketAddress listen(ChannelHandler each) {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(each)
                .bind(anyPort())
                .syncUninterruptibly()
                .channel()
                .localAddress();
    }
}
