package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes through a channel, on every kind of event loop. */
@Timeout(60)
class UartChannelDataTest {
    private static final int MEGABYTE = 1_000_000;

    @AfterEach
    void noEventLoopBlocked() {
        assertThat(Blocking.take()).isEmpty();
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of(EventLoops.NIO, Line.Kind.PTY, 110),
                Arguments.of(EventLoops.EPOLL, Line.Kind.PTY, 20),
                Arguments.of(EventLoops.IO_URING, Line.Kind.PTY, 20),
                Arguments.of(EventLoops.DEFAULT, Line.Kind.PTY, 20),
                Arguments.of(EventLoops.NIO, Line.Kind.MEMORY, 110));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void bothDirectionsAtOnceLoseNothing(EventLoops loops, Line.Kind kind, int megabytes) throws Exception {
        long total = (long) megabytes * MEGABYTE;
        EventLoopGroup group = loops.newGroup(2);
        try (Line line = Line.open(kind)) {
            Flood host = new Flood(1, 2, total);
            Flood device = new Flood(2, 1, total);
            Channel deviceChannel = connect(group, new UartChannel(line.device()), line, device);
            Channel hostChannel = connect(group, line.newHost(), line, host);
            host.done().get(50, TimeUnit.SECONDS);
            device.done().get(50, TimeUnit.SECONDS);
            hostChannel.close().sync();
            deviceChannel.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel connect(EventLoopGroup group, UartChannel channel, Line line, ChannelHandler handler)
            throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> channel)
                .option(UartChannelOption.BAUD_RATE, 3_000_000)
                .handler(handler)
                .connect(line.address())
                .sync()
                .channel();
    }
}
