package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Datagrams over a line, whatever device is at its end: one class for each kind of device. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatagramTraffic {
    private static final int DATAGRAMS = 1_000;
    /** So many at a time: a network may drop what it has no room for. */
    private static final int IN_FLIGHT = 8;

    private static final int BYTES_MAX = 1_400;

    private EventLoopGroup loops;
    private ProxyClient client;

    /** Starts the device and connects to it. */
    abstract ProxyClient start() throws Exception;

    abstract void stop();

    /** How often a socket is bound and closed again. */
    abstract int rounds();

    @BeforeAll
    void open() throws Exception {
        // Never the link's loop.
        loops = new MultiThreadIoEventLoopGroup(
                2, new DefaultThreadFactory("uartnet-sockets"), NioIoHandler.newFactory());
        client = start();
    }

    @AfterAll
    void close() {
        if (client != null) {
            client.close().block(WAIT);
        }
        stop();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private ProxyDatagramChannel bind(ChannelHandler handler) {
        return (ProxyDatagramChannel) new Bootstrap()
                .group(loops)
                .channelFactory(() -> new ProxyDatagramChannel(client))
                .handler(handler)
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) WAIT.toMillis());
        return socket;
    }

    /** Any length, also 0, and bytes that tell datagrams apart. */
    private static byte[] datagram(Random random, int bytes) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        return data;
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return packet;
    }

    private static byte[] bytes(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static final class Echo extends SimpleChannelInboundHandler<io.netty.channel.socket.DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, io.netty.channel.socket.DatagramPacket packet) {
            ctx.writeAndFlush(
                    new io.netty.channel.socket.DatagramPacket(packet.content().retain(), packet.sender()));
        }
    }

    private record Seen(InetSocketAddress sender, ByteBuffer bytes) {}

    private static final class Sink extends SimpleChannelInboundHandler<io.netty.channel.socket.DatagramPacket> {
        final BlockingQueue<Seen> all = new LinkedTransferQueue<>();

        Seen next() throws InterruptedException {
            return Objects.requireNonNull(all.poll(WAIT.toSeconds(), TimeUnit.SECONDS), "no datagram came");
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, io.netty.channel.socket.DatagramPacket packet) {
            all.add(new Seen(packet.sender(), ByteBuffer.wrap(ByteBufUtil.getBytes(packet.content()))));
        }
    }

    @Test
    void aServerOfTheDeviceEchoesToTheRightOnes() throws Exception {
        ProxyDatagramChannel server = bind(new Echo());
        DatagramSocket[] peers = {socket(), socket(), socket()};
        try {
            Random random = new Random(1);
            byte[][] sent = new byte[DATAGRAMS][];
            for (int i = 0; i < DATAGRAMS + IN_FLIGHT; i++) {
                if (i < DATAGRAMS) {
                    sent[i] = datagram(random, random.nextInt(BYTES_MAX));
                    peers[i % 3].send(new DatagramPacket(sent[i], sent[i].length, server.localAddress()));
                }
                if (i >= IN_FLIGHT) {
                    DatagramPacket back = receive(peers[(i - IN_FLIGHT) % 3]);
                    assertThat(bytes(back)).isEqualTo(sent[i - IN_FLIGHT]);
                    assertThat(back.getSocketAddress()).isEqualTo(server.localAddress());
                }
            }
            assertThat(server.droppedDatagrams()).isZero();
        } finally {
            Arrays.stream(peers).forEach(DatagramSocket::close);
            server.close().syncUninterruptibly();
        }
    }

    @Test
    void aClientOfTheDeviceGetsItsEchoes() throws Exception {
        Sink sink = new Sink();
        ProxyDatagramChannel here = bind(sink);
        try (DatagramSocket there = socket()) {
            InetSocketAddress address = (InetSocketAddress) there.getLocalSocketAddress();
            Random random = new Random(2);
            byte[][] sent = new byte[DATAGRAMS][];
            for (int i = 0; i < DATAGRAMS + IN_FLIGHT; i++) {
                if (i < DATAGRAMS) {
                    sent[i] = datagram(random, random.nextInt(BYTES_MAX));
                    here.writeAndFlush(
                            new io.netty.channel.socket.DatagramPacket(Unpooled.wrappedBuffer(sent[i]), address));
                }
                if (i >= IN_FLIGHT) {
                    DatagramPacket seen = receive(there);
                    assertThat(seen.getSocketAddress()).isEqualTo(here.localAddress());
                    assertThat(bytes(seen)).isEqualTo(sent[i - IN_FLIGHT]);
                    there.send(seen);
                    Seen back = sink.next();
                    assertThat(back.bytes()).isEqualTo(ByteBuffer.wrap(sent[i - IN_FLIGHT]));
                    assertThat(back.sender()).isEqualTo(address);
                }
            }
        } finally {
            here.close().syncUninterruptibly();
        }
    }

    @Test
    void theLargestPassesInPiecesAndALargerOneDoesNot() throws Exception {
        Sink sink = new Sink();
        ProxyDatagramChannel here = bind(sink);
        try (DatagramSocket there = socket()) {
            InetSocketAddress address = (InetSocketAddress) there.getLocalSocketAddress();
            int largest = here.largestDatagram();
            assertThat(largest).isGreaterThan(client.session().maxPayload());
            for (int i = 0; i < 20; i++) {
                byte[] data = datagram(new Random(i), largest);
                here.writeAndFlush(new io.netty.channel.socket.DatagramPacket(Unpooled.wrappedBuffer(data), address))
                        .sync();
                DatagramPacket seen = receive(there);
                assertThat(bytes(seen)).isEqualTo(data);
                there.send(seen);
                assertThat(sink.next().bytes()).isEqualTo(ByteBuffer.wrap(data));
            }
            ByteBuf larger = Unpooled.wrappedBuffer(new byte[largest + 1]);
            assertThatThrownBy(() -> here.writeAndFlush(new io.netty.channel.socket.DatagramPacket(larger, address))
                            .sync())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining((largest + 1) + " bytes")
                    .hasMessageContaining("at most " + largest);
            assertThat(here.isActive()).isTrue();
            assertThat(larger.refCnt()).isZero();
        } finally {
            here.close().syncUninterruptibly();
        }
    }

    @Test
    void bindingAndClosingLeavesNothing() throws Exception {
        try (DatagramSocket there = socket()) {
            InetSocketAddress address = (InetSocketAddress) there.getLocalSocketAddress();
            for (int i = 0; i < rounds(); i++) {
                ProxyDatagramChannel socket = bind(new Sink());
                if (i % 10 == 0) {
                    socket.writeAndFlush(
                            new io.netty.channel.socket.DatagramPacket(Unpooled.wrappedBuffer(new byte[9]), address));
                    socket.close().syncUninterruptibly();
                    assertThat(receive(there).getLength()).isEqualTo(9);
                } else {
                    socket.close().syncUninterruptibly();
                }
            }
        }
        OpenChannels.awaitNone(client);
    }
}
