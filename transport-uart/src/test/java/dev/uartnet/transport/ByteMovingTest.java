package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which way the bytes of a port are moved, and how one way becomes the other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class ByteMovingTest {
    private final List<EventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void tearDown() throws InterruptedException {
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
        assertThat(Blocking.take()).isEmpty();
    }

    private EventLoopGroup group(EventLoops loops) {
        EventLoopGroup group = loops.newGroup(1);
        groups.add(group);
        return group;
    }

    private UartChannel connect(EventLoops loops, UartChannel channel, Line line, ChannelHandler handler)
            throws InterruptedException {
        new Bootstrap()
                .group(group(loops))
                .channelFactory(() -> channel)
                .handler(handler)
                .connect(line.address())
                .sync();
        return channel;
    }

    @ParameterizedTest
    @EnumSource
    void anEpollLoopNeedsNoThreadOfThePorts(EventLoops loops) throws Exception {
        try (Line line = Line.open(Line.Kind.PTY)) {
            EventLog log = new EventLog();
            UartChannel channel = connect(loops, line.newHost(), line, log);
            line.device().write(new byte[] {1}, 0, 1);
            assertThat(log.read()).containsExactly(1);
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {2})).sync();
            assertThat(UartChannelLifecycleTest.readFully(line.device(), 1)).containsExactly(2);
            if (loops == EventLoops.EPOLL) {
                assertThat(channel.io()).isInstanceOf(EpollIo.class);
                awaitThreadsOf(line, 0); // the opening one ends by itself
            } else {
                assertThat(channel.io()).isInstanceOf(ThreadedIo.class);
                awaitThreadsOf(line, 2);
            }
            channel.close().sync();
        }
    }

    private static void awaitThreadsOf(Line line, int expected) {
        long start = System.nanoTime();
        while (threadsOf(line).size() != expected) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(() -> "threads " + threadsOf(line))
                    .isLessThan(Duration.ofSeconds(5));
            Thread.onSpinWait();
        }
    }

    private static List<String> threadsOf(Line line) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("uart-")
                        && name.endsWith("-" + line.address().portName()))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = "EPOLL", mode = EnumSource.Mode.EXCLUDE)
    void goesOnByThreadsOnALoopOfAnotherKind(EventLoops other) throws Exception {
        EventLoopGroup epoll = group(EventLoops.EPOLL);
        EventLoopGroup others = group(other);
        try (Line line = Line.open(Line.Kind.PTY)) {
            EventLog log = new EventLog();
            UartChannel channel = connect(EventLoops.EPOLL, line.newHost(), line, log);
            int descriptors = descriptorsOf(line);
            for (byte round = 0; round < 6; round++) {
                assertThat(channel.io()).isInstanceOf(round == 0 ? EpollIo.class : ThreadedIo.class);
                channel.deregister().sync();
                line.device().write(new byte[] {round}, 0, 1); // while it belongs to no loop
                (round % 2 == 0 ? others : epoll).register(channel).sync();
                assertThat(log.read()).containsExactly(round);
                channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {round}))
                        .sync();
                assertThat(UartChannelLifecycleTest.readFully(line.device(), 1)).containsExactly(round);
            }
            assertThat(descriptorsOf(line)).isEqualTo(descriptors);
            channel.close().sync();
        }
    }

    /** What was read ahead, and what was not written yet, goes along. */
    @Test
    void losesNothingOnTheWayToThreads() throws Exception {
        EventLoopGroup nio = group(EventLoops.NIO);
        byte[] incoming = new Pattern(1).bytes(0, 3000);
        byte[] outgoing = new Pattern(2).bytes(0, 300_000);
        try (Line line = Line.open(Line.Kind.PTY)) {
            EventLog log = new EventLog();
            UartChannel host = line.newHost();
            host.config().setReadBufferSize(1024).setAutoRead(false);
            UartChannel channel = connect(EventLoops.EPOLL, host, line, log);
            ChannelFuture written = channel.writeAndFlush(Unpooled.wrappedBuffer(outgoing));
            assertThat(line.device().write(incoming, 0, incoming.length)).isEqualTo(incoming.length);
            while (!channel.isReadBufferFull()) {
                Thread.onSpinWait();
            }
            assertThat(written.isDone()).isFalse();
            channel.deregister().sync();
            nio.register(channel).sync();
            assertThat(channel.io()).isInstanceOf(ThreadedIo.class);
            channel.config().setAutoRead(true);
            assertThat(log.read(incoming.length)).isEqualTo(incoming);
            assertThat(UartChannelLifecycleTest.readFully(line.device(), outgoing.length))
                    .isEqualTo(outgoing);
            written.sync();
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void settingsChangeWhileBytesFlow(EventLoops loops) throws Exception {
        long total = 3_000_000;
        try (Line line = Line.open(Line.Kind.PTY)) {
            Flood host = new Flood(1, 2, total);
            Flood device = new Flood(2, 1, total);
            Channel far = connect(EventLoops.NIO, new UartChannel(line.device()), line, device);
            UartChannel near = connect(loops, line.newHost(), line, host);
            CompletableFuture<Void> all = CompletableFuture.allOf(host.done(), device.done());
            int changes = 0;
            do {
                near.configure(near.config().getSettings().withBaudRate(changes % 2 == 0 ? 921_600 : 3_000_000))
                        .sync();
                changes++;
            } while (!all.isDone());
            all.get(50, TimeUnit.SECONDS);
            near.close().sync();
            far.close().sync();
        }
    }

    @Test
    void theDescriptorNeverBlocks() throws Exception {
        try (Line line = Line.open(Line.Kind.PTY)) {
            UartChannel channel = connect(EventLoops.EPOLL, line.newHost(), line, new EventLog());
            int descriptor = OpenDescriptor.of(line.address().portName());
            assertThat(channel.io()).hasToString("epoll, descriptor " + descriptor);
            channel.configure(channel.config().getSettings().withBaudRate(9600).withStopBits(StopBits.TWO))
                    .sync();
            assertThat(OpenDescriptor.of(line.address().portName()))
                    .as("still without blocking")
                    .isEqualTo(descriptor);
            channel.close().sync();
            assertThat(OpenDescriptor.of(line.address().portName())).isEqualTo(DescriptorPort.NONE);
        }
    }

    /** The pseudo terminal's own opening of the same device, and one more, are not taken for the port's. */
    @Test
    void theDescriptorIsTheOneThatHoldsTheLock() throws Exception {
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            assertThat(OpenDescriptor.of(pty.slavePath())).isEqualTo(DescriptorPort.NONE);
            JSerialCommPort port = new JSerialCommPort(pty.slavePath());
            int descriptor = port.openWithDescriptor(UartSettings.DEFAULT);
            assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)))
                    .hasToString(pty.slavePath());
            assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + descriptor)))
                    .contains("FLOCK");
            port.close();
        }
    }

    @Test
    void byThreadsWhereTheDescriptorCannotBeTold() throws Exception {
        try (Line line = Line.open(Line.Kind.PTY)) {
            EventLog log = new EventLog();
            UartChannel channel =
                    connect(EventLoops.EPOLL, new UartChannel(new Undescribed(line.address())), line, log);
            assertThat(channel.io()).isInstanceOf(ThreadedIo.class);
            line.device().write(new byte[] {1}, 0, 1);
            assertThat(log.read()).containsExactly(1);
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void theDefaultAllocatorFollowsTheWay(EventLoops loops) throws Exception {
        try (Line line = Line.open(Line.Kind.PTY)) {
            UartChannel channel = connect(loops, line.newHost(), line, new EventLog());
            var buffer = channel.alloc().ioBuffer();
            assertThat(buffer.isDirect()).isEqualTo(loops == EventLoops.EPOLL);
            buffer.release();
            channel.close().sync();
        }
        try (Line line = Line.open(Line.Kind.PTY)) {
            UartChannel host = line.newHost();
            host.config().setOption(ChannelOption.ALLOCATOR, Unpooled.EMPTY_BUFFER.alloc());
            UartChannel channel = connect(loops, host, line, new EventLog());
            assertThat(channel.alloc()).isSameAs(Unpooled.EMPTY_BUFFER.alloc());
            channel.close().sync();
        }
    }

    private static int descriptorsOf(Line line) throws IOException {
        int count = 0;
        try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry)
                        && Files.readSymbolicLink(entry)
                                .toString()
                                .equals(line.address().portName())) {
                    count++;
                }
            }
        }
        return count;
    }

    /** As on a system without /proc. */
    private static final class Undescribed extends DescriptorPort {
        private final JSerialCommPort port;

        Undescribed(UartAddress address) {
            port = new JSerialCommPort(address.portName());
        }

        @Override
        int openWithDescriptor(UartSettings settings) throws IOException {
            port.openWithDescriptor(settings);
            port.useThreads();
            return NONE;
        }

        @Override
        void useThreads() {
            throw new IllegalStateException("it does already");
        }

        @Override
        void written() {
            throw new IllegalStateException("not by threads");
        }

        @Override
        void setPause(Pause pause) {
            throw new IllegalStateException("not by threads");
        }

        @Override
        public String name() {
            return port.name();
        }

        @Override
        public void open(UartSettings settings) throws IOException {
            port.open(settings);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return port.read(target, offset, length);
        }

        @Override
        public int write(byte[] source, int offset, int length) throws IOException {
            return port.write(source, offset, length);
        }

        @Override
        public boolean isLost() {
            return port.isLost();
        }

        @Override
        public void configure(UartSettings settings) throws IOException {
            port.configure(settings);
        }

        @Override
        public void setDtr(boolean asserted) throws IOException {
            port.setDtr(asserted);
        }

        @Override
        public void setRts(boolean asserted) throws IOException {
            port.setRts(asserted);
        }

        @Override
        public void setBreak(boolean active) throws IOException {
            port.setBreak(active);
        }

        @Override
        public void close() {
            port.close();
        }
    }
}
