package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two loops, each a thread of its own; and the end of either while things are under way. */
class LoopCrossingTest {
    private static final int MANY = 200_000;

    private final EventLoopGroup linkLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoopGroup socketLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop linkLoop = linkLoops.next();
    private final EventLoop socketLoop = socketLoops.next();
    private final ChannelMultiplexer multiplexer = new ChannelMultiplexer(() -> 1_000);
    private final SocketEnd socket = new SocketEnd();

    /** Notes what comes, in order, and on which thread. */
    private final class SocketEnd implements LoopCrossing.Socket {
        final LinkedTransferQueue<Object> received = new LinkedTransferQueue<>();
        final LinkedTransferQueue<Object> dropped = new LinkedTransferQueue<>();
        final LinkedTransferQueue<String> told = new LinkedTransferQueue<>();
        volatile boolean wrongThread;

        @Override
        public void received(Object message) {
            wrongThread |= !socketLoop.inEventLoop();
            received.add(message);
        }

        @Override
        public void dropped(Object message) {
            dropped.add(message);
        }

        @Override
        public void delivered() {
            wrongThread |= !socketLoop.inEventLoop();
        }

        @Override
        public void linkLoopGone(LinkLostException cause) {
            wrongThread |= !socketLoop.inEventLoop();
            told.add("the link's loop is gone");
        }

        @Override
        public void socketLoopGone() {
            wrongThread |= !linkLoop.inEventLoop();
            told.add("the socket's loop is gone");
        }
    }

    @BeforeEach
    void registerTheLink() throws Exception {
        Channel link = new NioSocketChannel();
        linkLoop.register(link).sync();
        link.pipeline().addLast(multiplexer);
    }

    @AfterEach
    void stop() throws Exception {
        stop(linkLoops);
        stop(socketLoops);
        assertThat(socket.wrongThread).isFalse();
    }

    private static void stop(EventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private LoopCrossing crossing() {
        return new LoopCrossing(multiplexer, () -> socketLoop, socket);
    }

    @Test
    void everythingComesUpInOrderWhoeverIsFaster() throws Exception {
        LoopCrossing crossing = crossing();
        linkLoop.submit(() -> {
                    for (int i = 0; i < MANY; i++) {
                        int number = i;
                        if (i % 7 == 0) {
                            crossing.up(() -> socket.received(number));
                        } else {
                            crossing.upMessage(number);
                        }
                    }
                })
                .sync();
        for (int i = 0; i < MANY; i++) {
            assertThat(socket.received.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
        }
    }

    /** One at a time, each as the answer to the one before: the consumer ends while the next is being queued. */
    @Test
    void nothingIsLeftInTheQueueWhenItsConsumerEnds() throws Exception {
        LoopCrossing crossing = crossing();
        for (int i = 0; i < MANY / 10; i++) {
            int number = i;
            linkLoop.execute(() -> crossing.upMessage(number));
            assertThat(socket.received.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
        }
    }

    @Test
    void whatComesUpForALoopThatEndsIsDeliveredOrDropped() throws Exception {
        LoopCrossing crossing = crossing();
        List<ByteBuf> sent = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        var sending = linkLoop.submit(() -> {
            for (int i = 0; i < 20_000; i++) {
                ByteBuf buffer = ByteBufAllocator.DEFAULT.heapBuffer(1, 1);
                sent.add(buffer);
                crossing.upMessage(buffer);
                begun.countDown();
            }
        });
        begun.await();
        stop(socketLoops);
        sending.sync();
        linkLoop.submit(() -> crossing.upMessage(ByteBufAllocator.DEFAULT.heapBuffer(1, 1)))
                .sync();
        // Behind all that the ends of the loops have still queued for the link's.
        linkLoop.submit(() -> {}).sync();
        assertThat(socket.received.size() + socket.dropped.size()).isEqualTo(sent.size() + 1);
        assertThat(socket.dropped).isNotEmpty();
        assertThat(socket.told).contains("the socket's loop is gone");
        socket.received.forEach(buffer -> ((ByteBuf) buffer).release());
        socket.dropped.forEach(buffer -> ((ByteBuf) buffer).release());
    }

    @Test
    void whoeverAsksAnEndedLinkLearnsIt() throws Exception {
        LoopCrossing crossing = crossing();
        linkLoop.submit(() -> crossing.upMessage("before")).sync();
        stop(linkLoops);
        assertThat(socketLoop.submit(() -> crossing.down(() -> {})).get()).isFalse();
        assertThat(socket.told.poll(10, TimeUnit.SECONDS)).isEqualTo("the link's loop is gone");
        assertThat(socket.received.poll()).isEqualTo("before");
    }

    @Test
    void whatComesUpBeforeTheSocketHasItsLoopWaits() throws Exception {
        LoopCrossing crossing = LoopCrossing.held(multiplexer, () -> socketLoop, socket);
        linkLoop.submit(() -> crossing.upMessage("early")).sync();
        socketLoop.submit(() -> assertThat(socket.received).isEmpty()).sync();
        socketLoop.submit(crossing::socketRegistered).sync();
        assertThat(socket.received.poll(10, TimeUnit.SECONDS)).isEqualTo("early");
        // Registered a second time: there is nothing to let go of, and one consumer still.
        socketLoop.submit(crossing::socketRegistered).sync();
        linkLoop.submit(() -> crossing.upMessage("late")).sync();
        assertThat(socket.received.poll(10, TimeUnit.SECONDS)).isEqualTo("late");
        assertThat(socket.dropped).isEmpty();
    }

    @Test
    void whatComesUpForASocketThatNeverHasALoopIsDropped() throws Exception {
        LoopCrossing crossing = LoopCrossing.held(multiplexer, () -> socketLoop, socket);
        linkLoop.submit(() -> {
                    crossing.upMessage("early");
                    crossing.socketUnregistered();
                })
                .sync();
        assertThat(socket.dropped).containsExactly("early");
        assertThat(socket.received).isEmpty();
    }
}
