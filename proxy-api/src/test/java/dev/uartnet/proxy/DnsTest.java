package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.DeviceException;
import dev.uartnet.proxy.NameResolutionException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Names and other records: asked of the device, and of name servers through it. */
class DnsTest {
    private static NameServer names;
    private static TestLine line;

    /** What the device answers to RESOLVE of these names. */
    private static final List<ErrorCode> REFUSALS = List.of(
            ErrorCode.NAME_NOT_FOUND,
            ErrorCode.NAME_NO_ANSWER,
            ErrorCode.NAME_FAILED,
            ErrorCode.NETWORK_DOWN,
            ErrorCode.NO_RESOURCES);

    /** Requests for names that nobody answers. */
    private static final LinkedTransferQueue<CompletableFuture<Void>> held = new LinkedTransferQueue<>();

    @BeforeAll
    static void open() throws Exception {
        names = new NameServer();
        line = TestLine.open(device -> device.nameServers(names.address()).gate((operation, args) -> {
            CompletableFuture<Void> admitted = new CompletableFuture<>();
            if (operation == Operation.RESOLVE && "held.test".equals(args.get(0))) {
                held.add(admitted);
            } else if (operation == Operation.RESOLVE
                    && args.get(0) instanceof String name
                    && REFUSALS.stream().anyMatch(code -> name.equals(code.name()))) {
                admitted.completeExceptionally(new DeviceException(ErrorCode.valueOf(name), "said so"));
            } else {
                admitted.complete(null);
            }
            return admitted;
        }));
    }

    @AfterAll
    static void close() {
        line.close();
        names.close();
    }

    private static DnsNameResolverBuilder dns() {
        return line.client.dnsResolver(line.loops.next(), List.of(names.address()));
    }

    /** The data of the answers, in hexadecimal figures; a name where Netty has decoded it. */
    private static List<String> ask(DnsNameResolver dns, String name, DnsRecordType type) {
        List<DnsRecord> records = dns.resolveAll(new DefaultDnsQuestion(name, type))
                .syncUninterruptibly()
                .getNow();
        try {
            return records.stream()
                    .map(record -> record instanceof DnsPtrRecord pointer
                            ? pointer.hostname()
                            : ByteBufUtil.hexDump(((DnsRawRecord) record).content()))
                    .toList();
        } finally {
            records.forEach(ReferenceCountUtil::release);
        }
    }

    @Test
    void recordsOfAllTypes() {
        try (DnsNameResolver dns = dns().build()) {
            assertThat(ask(dns, "a.test.", DnsRecordType.A)).containsExactly("c0000201");
            assertThat(ask(dns, "a.test.", DnsRecordType.AAAA)).containsExactly("20010db8000000000000000000000001");
            assertThat(ask(dns, "a.test.", DnsRecordType.MX))
                    .containsExactly("000a046d61696c0161047465737400", "00140573706172650161047465737400");
            assertThat(ask(dns, "a.test.", DnsRecordType.TXT))
                    .containsExactly("0b" + ByteBufUtil.hexDump("v=spf1 -all".getBytes(StandardCharsets.US_ASCII)));
            assertThat(ask(dns, "a.test.", DnsRecordType.SRV)).containsExactly("0001000213c4037369700161047465737400");
            assertThat(ask(dns, "1.2.0.192.in-addr.arpa.", DnsRecordType.PTR)).containsExactly("a.test.");
        }
        OpenChannels.awaitNone(line.client);
    }

    @Test
    void namesResolveToAddresses() throws Exception {
        try (DnsNameResolver dns = dns().build()) {
            assertThat(dns.resolve("a.test").sync().getNow()).isEqualTo(InetAddress.getByName("192.0.2.1"));
        }
    }

    @Test
    void aCutAnswerIsAskedForOverTcp() {
        int before = names.overTcp.get();
        try (DnsNameResolver dns = dns().build()) {
            List<String> texts = ask(dns, "long.test.", DnsRecordType.TXT);
            assertThat(texts).hasSize(20).allMatch(text -> text.length() == 2 * 201);
        }
        assertThat(names.overTcp.get()).isEqualTo(before + 1);
    }

    @Test
    void whatIsNotThereAndWhatIsSilentDiffer() {
        try (DnsNameResolver dns =
                dns().queryTimeoutMillis(300).maxQueriesPerResolve(1).build()) {
            assertThat(dns.resolve("no-such.test").awaitUninterruptibly().cause())
                    .isInstanceOf(UnknownHostException.class)
                    .hasRootCauseInstanceOf(DnsErrorCauseException.class);
            assertThat(dns.resolve("silent.test").awaitUninterruptibly().cause())
                    .isInstanceOf(UnknownHostException.class)
                    .hasRootCauseInstanceOf(DnsNameResolverTimeoutException.class);
        }
        OpenChannels.awaitNone(line.client);
    }

    @Test
    void aSilentNameServerStallsNothingElse() throws Exception {
        try (DnsNameResolver dns = dns().queryTimeoutMillis(20_000).build()) {
            Future<InetAddress> silent = dns.resolve("silent.test");
            assertThat(dns.resolve("a.test").sync().getNow().getAddress()).hasSize(4);
            assertThat(line.client.ping().block(WAIT)).isPositive();
            assertThat(silent.isDone()).isFalse();
            assertThat(silent.cancel(false)).isTrue();
        }
    }

    @Test
    void theDevicesOwnNameServersAreTheDefault() {
        assertThat(Objects.requireNonNull(line.client.info().block(WAIT)).nameServers())
                .containsExactly(names.address());
        DnsNameResolverBuilder builder = Objects.requireNonNull(
                line.client.dnsResolver(line.loops.next()).block(WAIT));
        try (DnsNameResolver dns = builder.build()) {
            assertThat(ask(dns, "a.test.", DnsRecordType.A)).containsExactly("c0000201");
        }
    }

    @Test
    void aDeviceThatKnowsNoneSaysSo() throws Exception {
        TestLine without = TestLine.open();
        try {
            assertThatThrownBy(
                            () -> without.client.dnsResolver(line.loops.next()).block(WAIT))
                    .hasCauseInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("knows no name server");
            assertThatThrownBy(() -> without.client.dnsResolver(line.loops.next(), List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            without.close();
        }
    }

    // ---- by the device

    private static NameResolutionException failure(String name) {
        Throwable cause = catchThrowable(() -> line.client.resolve(name).blockLast(WAIT));
        assertThat(cause).hasCauseInstanceOf(NameResolutionException.class);
        return (NameResolutionException) cause.getCause();
    }

    @Test
    void failuresAreToldApart() {
        assertThat(REFUSALS.stream().map(code -> failure(code.name()).reason()))
                .containsExactly(
                        Reason.NOT_FOUND,
                        Reason.NO_ANSWER,
                        Reason.SERVER_FAILED,
                        Reason.NETWORK_DOWN,
                        Reason.DEVICE_FAILED);
        NameResolutionException failure = failure("NAME_FAILED");
        assertThat(failure).hasMessage("NAME_FAILED: the name server failed (device: said so)");
        assertThat(failure.host()).isEqualTo("NAME_FAILED");
        assertThat(RemoteError.of(failure).orElseThrow().code()).isEqualTo(ErrorCode.NAME_FAILED);
    }

    @Test
    void aNameThatIsNotAnsweredEndsWithTheTimeout() throws Exception {
        TestLine hasty = TestLine.open(
                device -> device.gate((operation, args) -> operation == Operation.RESOLVE
                        ? new CompletableFuture<>()
                        : CompletableFuture.completedFuture(null)),
                connector -> connector.requestTimeout(Duration.ofMillis(200)));
        try {
            Throwable cause =
                    catchThrowable(() -> hasty.client.resolve("slow.test").blockLast(WAIT));
            assertThat(cause.getCause())
                    .isInstanceOfSatisfying(NameResolutionException.class, failure -> assertThat(failure.reason())
                            .isEqualTo(Reason.NO_ANSWER))
                    .hasMessageContaining("slow.test");
        } finally {
            hasty.close();
        }
    }

    @Test
    void aCancelledQuestionIsCancelledOnTheDevice() throws Exception {
        EventLoop loop = line.loops.next();
        AddressResolver<InetSocketAddress> resolver = line.client.resolver().getResolver(loop);
        Future<InetSocketAddress> asked = resolver.resolve(InetSocketAddress.createUnresolved("held.test", 80));
        CompletableFuture<Void> there = Objects.requireNonNull(held.poll(20, TimeUnit.SECONDS));
        assertThat(line.client.ping().block(WAIT))
                .as("while a name is looked up")
                .isPositive();
        assertThat(asked.cancel(false)).isTrue();
        // What comes late has no effect, and a name that is asked for again is asked of the device again.
        there.complete(null);
        resolver.resolve(InetSocketAddress.createUnresolved("held.test", 80));
        assertThat(held.poll(20, TimeUnit.SECONDS)).as("nothing is remembered").isNotNull();
    }

    @Test
    void plainNettyClientsResolveByTheDevice() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            InetSocketAddress remote = (InetSocketAddress) new Bootstrap()
                    .group(line.loops)
                    .channel(NioSocketChannel.class)
                    .resolver(line.client.resolver())
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect("localhost", server.getLocalPort())
                    .sync()
                    .channel()
                    .remoteAddress();
            assertThat(remote.getAddress().isLoopbackAddress()).isTrue();
            Throwable failed = new Bootstrap()
                    .group(line.loops)
                    .channel(NioSocketChannel.class)
                    .resolver(line.client.resolver())
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect("NAME_NOT_FOUND", server.getLocalPort())
                    .await()
                    .cause();
            assertThat(failed)
                    .isInstanceOfSatisfying(NameResolutionException.class, failure -> assertThat(failure.reason())
                            .isEqualTo(Reason.NOT_FOUND));
        }
    }
}
