package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.Arrays;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes through a channel, on every kind of event loop. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class UartChannelDataTest {
    private static final int MEGABYTE = 1_000_000;

    @AfterEach
    void noEventLoopBlocked() {
        assertThat(Blocking.take()).isEmpty();
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of(EventLoops.NIO, Line.Kind.PTY, 110),
                Arguments.of(EventLoops.EPOLL, Line.Kind.PTY, 110),
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

    @ParameterizedTest
    @EnumSource
    void echoes(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(2);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel device = connect(group, new UartChannel(line.device()), line, new Echo());
            Channel host = connect(group, line.newHost(), line, log);
            for (int length = 1; length <= 10_000; length *= 10) {
                byte[] sent = new Pattern(length).bytes(0, length);
                host.writeAndFlush(Unpooled.wrappedBuffer(sent)).sync();
                assertThat(log.read(length)).isEqualTo(sent);
            }
            host.close().sync();
            device.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAutoReadOneReadIsOneMessage(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            UartChannel host = line.newHost();
            host.config()
                    .setReadBufferSize(64)
                    .setAutoRead(false)
                    .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(16));
            connect(group, host, line, log);
            byte[] sent = new Pattern(5).bytes(0, 128);
            assertThat(line.device().write(sent, 0, 128)).isEqualTo(128);
            while (!host.isReadBufferFull()) {
                Thread.onSpinWait();
            }
            assertThat(log.nothingRead()).isTrue();
            for (int message = 0; message < 8; message++) {
                host.read();
                assertThat(log.read()).isEqualTo(Arrays.copyOfRange(sent, message * 16, message * 16 + 16));
                log.eventsUntil("readComplete");
                host.eventLoop().submit(() -> {}).sync(); // whatever was scheduled has run
                assertThat(log.nothingRead()).isTrue();
            }
            host.read(); // waits for what comes
            line.device().write(sent, 0, 1);
            assertThat(log.read()).containsExactly(sent[0]);
            host.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEndThatDoesNotReadMakesTheChannelUnwritableAndBlocksNobody(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        EventLog log = new EventLog();
        try (Line line = Line.open(Line.Kind.PTY)) {
            Channel host = connect(group, line.newHost(), line, log);
            byte[] sent = new Pattern(6).bytes(0, 500_000);
            host.eventLoop()
                    .submit(() -> {
                        for (int i = 0; i < 500; i++) {
                            host.write(Unpooled.wrappedBuffer(sent, i * 1000, 1000));
                        }
                        host.flush();
                    })
                    .sync();
            assertThat(log.eventsUntil("unwritable")).containsExactly("registered", "active", "unwritable");
            assertThat(host.isWritable()).isFalse();
            // The loop is free, also for another port.
            assertThat(host.eventLoop().submit(() -> "free").get(1, TimeUnit.SECONDS))
                    .isEqualTo("free");
            try (Line other = Line.open(Line.Kind.PTY)) {
                EventLog otherLog = new EventLog();
                Channel second = connect(group, other.newHost(), other, otherLog);
                other.device().write(new byte[] {1}, 0, 1);
                assertThat(otherLog.read()).containsExactly(1);
                second.close().sync();
            }
            assertThat(host.isWritable()).isFalse();
            assertThat(UartChannelLifecycleTest.readFully(line.device(), sent.length))
                    .isEqualTo(sent);
            assertThat(log.eventsUntil("writable")).containsExactly("writable");
            assertThat(host.isWritable()).isTrue();
            host.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneFlushIsFewPortWrites(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        MemoryPort.Pair pair = MemoryPort.pair();
        CountingPort port = new CountingPort(pair.a());
        Channel host = new Bootstrap()
                .group(group)
                .channelFactory(() -> new UartChannel(port))
                .handler(new EventLog())
                .connect(new UartAddress("memory"))
                .sync()
                .channel();
        AtomicInteger succeeded = new AtomicInteger();
        ChannelFuture last = host.eventLoop()
                .submit(() -> {
                    for (int i = 0; i < 999; i++) {
                        host.write(Unpooled.wrappedBuffer(new byte[8])).addListener(f -> {
                            if (f.isSuccess()) {
                                succeeded.incrementAndGet();
                            }
                        });
                    }
                    return host.write(Unpooled.wrappedBuffer(new byte[8]));
                })
                .get();
        assertThat(port.writes).as("nothing is written before the flush").isEmpty();
        host.flush();
        last.sync();
        assertThat(succeeded).hasValue(999);
        assertThat(port.writes).containsExactly(8000);

        assertThat(host.writeAndFlush(Unpooled.EMPTY_BUFFER).await().isSuccess())
                .as("an empty buffer succeeds")
                .isTrue();
        assertThat(host.writeAndFlush("text").await().cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("String")
                .hasMessageContaining("ByteBuf");
        host.close().sync();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @EnumSource
    void aLongWriteTellsItsProgress(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        try (Line line = Line.open(Line.Kind.MEMORY)) {
            Channel host = connect(group, line.newHost(), line, new EventLog());
            LinkedTransferQueue<Long> progress = new LinkedTransferQueue<>();
            ChannelProgressivePromise promise = host.newProgressivePromise();
            promise.addListener(new ChannelProgressiveFutureListener() {
                @Override
                public void operationProgressed(ChannelProgressiveFuture future, long done, long total) {
                    assertThat(total).isEqualTo(200_000);
                    progress.add(done);
                }

                @Override
                public void operationComplete(ChannelProgressiveFuture future) {}
            });
            host.writeAndFlush(Unpooled.wrappedBuffer(new byte[200_000]), promise);
            assertThat(progress.poll(5, TimeUnit.SECONDS)).isBetween(1L, 199_999L);
            assertThat(promise.isDone()).isFalse();
            UartChannelLifecycleTest.readFully(line.device(), 200_000);
            promise.sync();
            host.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    /** Sends back what comes. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
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
