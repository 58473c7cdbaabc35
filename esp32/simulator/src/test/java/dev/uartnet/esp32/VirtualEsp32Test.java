package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestAbortedException;
import dev.uartnet.esp32.conformance.BlockingCalls;
import dev.uartnet.esp32.conformance.Device;
import dev.uartnet.esp32.conformance.Frame;
import dev.uartnet.esp32.conformance.Host;
import dev.uartnet.esp32.conformance.HostChannel;
import dev.uartnet.esp32.conformance.Leaks;
import dev.uartnet.esp32.conformance.Peer;
import dev.uartnet.esp32.conformance.RawHost;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a virtual device has beyond what every device must do. */
@Timeout(30)
class VirtualEsp32Test {
    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    @AfterAll
    static void nothingLeakedOrBlocked() {
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }

    @Test
    void servesAnyChannelOnAnyEventLoop() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
        LocalAddress address = new LocalAddress(VirtualEsp32Test.class);
        VirtualEsp32 esp32 = VirtualEsp32.builder().build();
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Future<?> unused = esp32.attach(channel);
                    }
                })
                .bind(address)
                .sync()
                .channel();
        Device.Line line = (hosts, handler) -> new Bootstrap()
                .group(loops)
                .channel(LocalChannel.class)
                .handler(handler)
                .connect(address)
                .syncUninterruptibly()
                .channel();
        try (Device device = new Device(line, esp32::close);
                Host host = new Host(device);
                Peer peer = new Peer()) {
            peer.echo();
            HostChannel channel = host.connect(0, peer.port(), 4096);
            channel.grantBack();
            byte[] content = Peer.content(300_000);

            channel.send(content);
            channel.sendEof();

            assertThat(channel.receiveAll()).isEqualTo(content);
        } finally {
            server.close().sync();
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void saysThatItHasBooted() throws Exception {
        try (Device device = Device.inMemory(
                        VirtualEsp32.builder().bootId(0xCAFE_F00D).build());
                RawHost host = new RawHost(device)) {
            Frame reset = host.await("RESET", f -> f.type() == Frame.RESET);

            assertThat(reset.tag()).isZero();
            assertThat(reset.values().subList(0, 3)).containsExactly(0L, 0L, 0xCAFE_F00DL);
            assertThat(host.hello(5).values().get(4)).isEqualTo(0xCAFE_F00DL);
        }
    }

    @Test
    void offersWhatItIsBuiltWith() throws Exception {
        LinkConfig link = LinkConfig.device()
                .withMaxPayload(512)
                .withWindowFrames(3)
                .withBufferBytes(2000)
                .withAgent("test/1");
        try (Device device = Device.inMemory(VirtualEsp32.builder().link(link).build());
                RawHost host = new RawHost(device)) {
            List<@Nullable Object> welcome = host.hello(5).values();

            assertThat(welcome.subList(5, 8)).containsExactly(3L, 2000L, 512L);
            assertThat(welcome.get(10)).isEqualTo("test/1");
        }
    }

    @Test
    void hasTheChannelsAndTheCreditThatItIsBuiltWith() throws Exception {
        VirtualEsp32 esp32 =
                VirtualEsp32.builder().channels(2).channelCredit(100).build();
        try (Device device = Device.inMemory(esp32);
                Host host = new Host(device);
                Peer peer = new Peer()) {
            assertThat(host.connect(0, peer.port(), 0).firstCredit()).isEqualTo(100);
            host.connect(2, peer.port(), 0);

            assertThat(host.refused(Operation.TCP_CONNECT, 4, Peer.localhost(), peer.port(), 0, Map.of())
                            .errorCode())
                    .isEqualTo(ErrorCode.NO_RESOURCES);
            assertThat(((Map<?, ?>) host.request(Operation.INFO).get(0)).get("channels_max"))
                    .isEqualTo(2L);
        }
    }

    // Names

    @Test
    void namesLeadWhereTheTestSays() throws Exception {
        InetAddress here = InetAddress.getByAddress(Peer.localhost());
        InetAddress elsewhere = InetAddress.getByName("2001:db8::7");
        NameService names = NameService.of(Map.of("here.test", List.of(here), "both.test", List.of(elsewhere, here)));
        try (Device device = Device.inMemory(VirtualEsp32.builder().names(names).build());
                Host host = new Host(device)) {
            assertThat(host.request(Operation.RESOLVE, "HERE.test", 0))
                    .singleElement()
                    .isEqualTo(Peer.localhost());
            assertThat(host.request(Operation.RESOLVE, "both.test", 0)).hasSize(2);
            assertThat(host.request(Operation.RESOLVE, "both.test", 6))
                    .singleElement()
                    .isEqualTo(elsewhere.getAddress());
            assertThat(host.refused(Operation.RESOLVE, "localhost", 0).errorCode())
                    .isEqualTo(ErrorCode.NAME_NOT_FOUND);
        }
    }

    @Test
    void aConnectionTriesAllAddressesOfAName() throws Exception {
        byte[] broadcast = {127, (byte) 255, (byte) 255, (byte) 255};
        NameService names =
                name -> List.of(InetAddress.getByAddress(broadcast), InetAddress.getByAddress(Peer.localhost()));
        try (Device device = Device.inMemory(VirtualEsp32.builder().names(names).build());
                Host host = new Host(device);
                Peer peer = new Peer()) {
            List<@Nullable Object> opened =
                    host.request(Operation.TCP_CONNECT, 0, "two.test", peer.port(), 0, Map.of());

            assertThat((byte[]) opened.get(2)).isEqualTo(Peer.localhost());
        }
    }

    @Test
    void failuresOfANameServiceHaveTheirCodes() throws Exception {
        NameService names = name -> switch (name) {
            case "silent.test" -> throw new SocketTimeoutException("timed out");
            case "denied.test" -> throw new DeviceException(ErrorCode.NOT_ALLOWED, "not that one");
            case "empty.test" -> List.of();
            default -> throw new IllegalStateException("defect");
        };
        try (Device device = Device.inMemory(VirtualEsp32.builder().names(names).build());
                Host host = new Host(device)) {
            assertThat(host.refused(Operation.RESOLVE, "silent.test", 0).errorCode())
                    .isEqualTo(ErrorCode.NAME_NO_ANSWER);
            assertThat(host.refused(Operation.RESOLVE, "denied.test", 0).errorCode())
                    .isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(host.refused(Operation.RESOLVE, "empty.test", 0).errorCode())
                    .isEqualTo(ErrorCode.NAME_NOT_FOUND);
            assertThat(host.refused(Operation.RESOLVE, "defect.test", 0).errorCode())
                    .isEqualTo(ErrorCode.NAME_FAILED);
        }
    }

    @Test
    void aSlowLookupStopsNothingElse() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        NameService names = name -> {
            try {
                answer.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            return List.of(InetAddress.getLoopbackAddress());
        };
        try (Device device = Device.inMemory(VirtualEsp32.builder().names(names).build());
                Host host = new Host(device);
                Peer peer = new Peer()) {
            List<Future<List<@Nullable Object>>> lookups = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                lookups.add(host.begin(Operation.RESOLVE, Host.NO_DEADLINE, "slow.test", 0));
            }

            host.connect(0, peer.port(), 0);
            assertThat(lookups).noneMatch(Future::isDone);
            answer.countDown();

            for (Future<List<@Nullable Object>> lookup : lookups) {
                Host.await(lookup);
                assertThat(lookup.get()).hasSize(1);
            }
        }
    }

    @Test
    void tooManyLookupsAreRefused() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        NameService names = name -> {
            try {
                never.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        };
        try (Device device = Device.inMemory(VirtualEsp32.builder().names(names).build());
                Host host = new Host(device)) {
            for (int i = 0; i < 64; i++) {
                Future<?> unused = host.begin(Operation.RESOLVE, Host.NO_DEADLINE, "slow.test", 0);
            }

            assertThat(host.refused(Operation.RESOLVE, "slow.test", 0).errorCode())
                    .isEqualTo(ErrorCode.NO_RESOURCES);
            assertThat(host.request(Operation.RESOLVE, "10.0.0.1", 0)).hasSize(1);
        }
    }

    // Gate

    @Test
    void aGateDeniesAndDelays() throws Exception {
        CompletableFuture<Void> delay = new CompletableFuture<>();
        RequestGate gate = (operation, args) -> switch (operation) {
            case Operation.INFO ->
                CompletableFuture.failedFuture(new DeviceException(ErrorCode.NOT_ALLOWED, "not today", 13));
            case Operation.PING -> delay;
            default -> CompletableFuture.completedFuture(null);
        };
        try (Device device = Device.inMemory(VirtualEsp32.builder().gate(gate).build());
                Host host = new Host(device)) {
            Future<List<@Nullable Object>> ping = host.begin(Operation.PING, Host.NO_DEADLINE, 1);

            var denied = host.refused(Operation.INFO);
            assertThat(denied.errorCode()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(denied.text()).isEqualTo("not today");
            assertThat(denied.errno()).isEqualTo(13);
            assertThat(ping.isDone()).isFalse();
            delay.complete(null);

            Host.await(ping);
            assertThat(ping.get()).containsExactly(1L);
        }
    }

    @Test
    void aRequestMayEndBeforeItsGateOpens() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        try (Device device = Device.inMemory(
                        VirtualEsp32.builder().gate((operation, args) -> never).build());
                RawHost host = new RawHost(device)) {
            host.begin();
            host.send(1, 1, Operation.PING, 0);
            host.send(4, 1);
            assertThat(host.receive().subList(0, 3)).containsExactly(3L, 1L, (long) ErrorCode.CANCELLED.code());
            host.send(1, 1, Operation.PING, 20);
            assertThat(host.receive().subList(0, 3)).containsExactly(3L, 1L, (long) ErrorCode.DEADLINE.code());

            never.complete(null);

            host.probe();
            assertThat(host.passedOver()).noneMatch(f -> f.type() == Frame.DATA);
        }
    }

    // Bounds

    @Test
    void tooManyRequestsAtOnceAreRefused() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        try (Device device = Device.inMemory(
                        VirtualEsp32.builder().gate((operation, args) -> never).build());
                Host host = new Host(device)) {
            for (int i = 0; i < 2048; i++) {
                Future<?> unused = host.begin(Operation.PING, Host.NO_DEADLINE);
            }

            assertThat(host.refused(Operation.PING).errorCode()).isEqualTo(ErrorCode.NO_RESOURCES);
        }
    }

    @Test
    void aHostThatAsksAndNeverAcknowledgesIsDropped() throws Exception {
        try (Device device = Device.inMemory(VirtualEsp32.builder().build());
                RawHost host = new RawHost(device)) {
            host.begin(1, 60_000);
            for (int i = 0; i < 5000; i++) {
                host.send(1, i, Operation.PING, 0);
            }

            assertThat(host.awaitReset(host.tag())).isEqualTo(5);
        }
    }

    // Life

    @Test
    void closeEndsSocketsSessionAndLine() throws Exception {
        VirtualEsp32 esp32 = VirtualEsp32.builder().build();
        try (Device device = Device.inMemory(esp32);
                Host host = new Host(device);
                Peer peer = new Peer();
                Peer silent = Peer.thatNeverAnswers()) {
            host.connect(0, peer.port(), 100);
            Socket socket = peer.accept();
            Future<?> pending = host.begin(
                    Operation.TCP_CONNECT, Host.NO_DEADLINE, 2, Peer.localhost(), silent.port(), 0, Map.of());
            host.request(Operation.PING);

            esp32.close();

            assertThat(Peer.awaitReset(socket)).isTrue();
            assertThat(host.awaitEnd()).hasMessageContaining("closed");
            Host.await(pending);
            assertThat(pending.cause()).isInstanceOf(RequestAbortedException.class);
        }
    }

    @Test
    void aPortThatCannotBeOpenedIsAnError() {
        MemoryPort port = MemoryPort.pair().a();
        port.close();

        assertThatThrownBy(() -> VirtualEsp32.builder().start(port)).isInstanceOf(UartException.class);
    }
}
