package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md. */
@EachDevice
class RequestConformanceTest extends ConformanceTest {
    private static final int ANY = 0;

    private Host host;

    @BeforeEach
    void open() throws Exception {
        host = new Host(device());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void pingAnswersWithWhatItGot() throws Exception {
        assertThat(host.request(Operation.PING)).isEmpty();
        List<@Nullable Object> args = Arrays.asList(
                null,
                true,
                0L,
                -1L,
                Integer.MAX_VALUE + 1L,
                Long.MIN_VALUE,
                1.5,
                "Grüße",
                List.of("a", 1L),
                Map.of("k", 2L));

        assertThat(host.request(Operation.PING, args.toArray())).isEqualTo(args);

        byte[] bytes = Peer.content(900);
        assertThat((byte[]) host.request(Operation.PING, bytes).get(0)).isEqualTo(bytes);
        assertThat(host.request(Operation.PING, new Handle(7))).containsExactly(new Handle(7));
    }

    @Test
    void manyRequestsAtOnceAreAllAnswered() throws Exception {
        List<Future<List<@Nullable Object>>> answers = new ArrayList<>();
        for (long i = 0; i < 200; i++) {
            answers.add(host.begin(Operation.PING, Host.NO_DEADLINE, i));
        }
        for (int i = 0; i < answers.size(); i++) {
            Host.await(answers.get(i));
            assertThat(answers.get(i).get()).containsExactly((long) i);
        }
    }

    @Test
    void infoDescribesTheDevice() throws Exception {
        Map<?, ?> info = (Map<?, ?>) host.request(Operation.INFO).get(0);

        assertThat((String) info.get("firmware")).isNotEmpty();
        assertThat(info.get("protocol")).isEqualTo("1.0");
        assertThat((String) info.get("platform")).isNotEmpty();
        assertThat(info.get("boot_id"))
                .isEqualTo(Integer.toUnsignedLong(host.session().bootId()));
        assertThat((Long) info.get("uptime_ms")).isNotNegative();
        assertThat((Long) info.get("heap_free")).isPositive();
        assertThat((Long) info.get("heap_used")).isPositive();
        assertThat((Long) info.get("channels")).isZero();
        assertThat((Long) info.get("channels_max")).isGreaterThanOrEqualTo(33);
        Map<?, ?> link = (Map<?, ?>) info.get("link");
        assertThat(link.keySet().toArray())
                .contains("frames", "damaged", "stale", "dropped", "duplicates", "gaps", "retransmits", "timeouts");
        assertThat((Long) link.get("frames")).isPositive();
        Map<?, ?> later = (Map<?, ?>) host.request(Operation.INFO).get(0);
        assertThat((Long) ((Map<?, ?>) later.get("link")).get("frames")).isGreaterThan((Long) link.get("frames"));
        assertThat((Long) later.get("uptime_ms")).isGreaterThanOrEqualTo((Long) info.get("uptime_ms"));
    }

    // RESOLVE

    @Test
    void resolveFindsAName() throws Exception {
        assertThat(host.request(Operation.RESOLVE, TestNameServer.SERVER, ANY))
                .singleElement()
                .isEqualTo(Peer.localhost());
        assertThat(host.request(Operation.RESOLVE, TestNameServer.SERVER, 4))
                .singleElement()
                .isEqualTo(Peer.localhost());
    }

    @Test
    void resolveTakesAddressesAsText() throws Exception {
        assertThat(host.request(Operation.RESOLVE, "192.0.2.7", ANY))
                .singleElement()
                .isEqualTo(new byte[] {(byte) 192, 0, 2, 7});
        byte[] v6 = (byte[]) host.request(Operation.RESOLVE, "2001:db8::1", 6).get(0);
        assertThat(v6).startsWith(0x20, 0x01, 0x0D, 0xB8).endsWith(0, 1).hasSize(16);
    }

    @Test
    void resolveDeniesWhatDoesNotExist() {
        assertThat(host.refused(Operation.RESOLVE, "nowhere.test", ANY).errorCode())
                .isEqualTo(ErrorCode.NAME_NOT_FOUND);
        assertThat(host.refused(Operation.RESOLVE, TestNameServer.SERVER, 6).errorCode())
                .isEqualTo(ErrorCode.NAME_NOT_FOUND);
    }

    @Test
    void resolveTellsThatTheNameServerFailed() {
        assertThat(host.refused(Operation.RESOLVE, TestNameServer.FAILING, ANY).errorCode())
                .isEqualTo(ErrorCode.NAME_FAILED);
    }

    // What cannot be

    @Test
    void unknownOperationsAreUnsupported() {
        for (int operation : new int[] {3, 255, 65_535, 120}) {
            assertThat(host.refused(operation, 1, 2).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED);
        }
    }

    @Test
    void wrongArgumentsAreNamed() {
        byte[] address = Peer.localhost();
        assertBadRequest("name", Operation.RESOLVE, 5, ANY);
        assertBadRequest("name", Operation.RESOLVE);
        assertBadRequest("family", Operation.RESOLVE, TestNameServer.SERVER, 5);
        assertBadRequest("family", Operation.RESOLVE, TestNameServer.SERVER, "4");
        assertBadRequest("channel", Operation.TCP_CONNECT, "0", address, 80, 0, Map.of());
        assertBadRequest("channel", Operation.TCP_CONNECT, 65_536, address, 80, 0, Map.of());
        assertBadRequest("channel", Operation.TCP_CONNECT, 1, address, 80, 0, Map.of());
        assertBadRequest("", Operation.TCP_CONNECT, 0, new byte[] {1, 2, 3}, 80, 0, Map.of());
        assertBadRequest("port", Operation.TCP_CONNECT, 0, address, 65_536, 0, Map.of());
        assertBadRequest("port", Operation.TCP_CONNECT, 0, address, -1, 0, Map.of());
        assertBadRequest("port", Operation.TCP_CONNECT, 0, address, null, 0, Map.of());
        assertBadRequest("credit", Operation.TCP_CONNECT, 0, address, 80, -1, Map.of());
        assertBadRequest("credit", Operation.TCP_CONNECT, 0, address, 80, (16 << 20) + 1, Map.of());
        assertBadRequest("options", Operation.TCP_CONNECT, 0, address, 80, 0, List.of());
        assertBadRequest("no_delay", Operation.TCP_CONNECT, 0, address, 80, 0, Map.of("no_delay", "yes"));
    }

    private void assertBadRequest(String argument, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode()).as(Arrays.deepToString(args)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).contains(argument);
    }

    @Test
    void anUnknownOptionIsUnsupportedAndNamed() {
        RequestFailedException error =
                host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), 80, 0, Map.of("shiny", true));

        assertThat(error.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(error.text()).contains("shiny");
    }

    // TCP_CONNECT that fails

    @Test
    void aRefusedConnectionSaysSo() throws Exception {
        RequestFailedException error =
                host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), Peer.closedPort(), 0, Map.of());

        assertThat(error.errorCode()).isEqualTo(ErrorCode.CONNECTION_REFUSED);
        assertThat(error.errno()).isEqualTo(111);
    }

    @Test
    void anUnreachableNetworkSaysSo() {
        // The broadcast address of the loopback network: Linux refuses to connect there.
        byte[] nowhere = {127, (byte) 255, (byte) 255, (byte) 255};
        RequestFailedException error = host.refused(Operation.TCP_CONNECT, 0, nowhere, 80, 0, Map.of());

        assertThat(error.errorCode()).isEqualTo(ErrorCode.NETWORK_UNREACHABLE);
        assertThat(error.errno()).isEqualTo(101);
    }

    @Test
    void anUnknownHostSaysSo() {
        assertThat(host.refused(Operation.TCP_CONNECT, 0, "nowhere.test", 80, 0, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.NAME_NOT_FOUND);
    }

    @Test
    void aConnectTimeoutIsKept() throws Exception {
        try (Peer peer = Peer.thatNeverAnswers()) {
            RequestFailedException error = host.refused(
                    Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), 0, Map.of("connect_timeout_ms", 50));

            assertThat(error.errorCode()).isEqualTo(ErrorCode.TIMED_OUT);
        }
    }

    @Test
    void aFailedConnectionFreesItsChannel() throws Exception {
        try (Peer peer = new Peer()) {
            peer.echo();
            for (int i = 0; i < 70; i++) {
                RequestFailedException error =
                        host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), Peer.closedPort(), 0, Map.of());
                assertThat(error.errorCode()).isEqualTo(ErrorCode.CONNECTION_REFUSED);
            }
            assertThat(host.request(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), 0, Map.of()))
                    .hasSize(5);
        }
    }

    // The end of requests

    @Test
    void answersMayOvertakeEachOther() throws Exception {
        try (Peer peer = Peer.thatNeverAnswers()) {
            Future<?> connecting =
                    host.begin(Operation.TCP_CONNECT, Host.NO_DEADLINE, 0, Peer.localhost(), peer.port(), 0, Map.of());

            assertThat(host.request(Operation.PING, 1)).containsExactly(1L);
            assertThat(connecting.isDone()).isFalse();
            connecting.cancel(false);
        }
    }

    @Test
    void aCancelledRequestEnds() throws Exception {
        try (RawHost raw = rawHost();
                Peer peer = Peer.thatNeverAnswers()) {
            raw.send(1, 8, Operation.TCP_CONNECT, 0, 0, Peer.localhost(), peer.port(), 0, Map.of());
            raw.send(4, 8);

            assertThat(raw.receive().subList(0, 3)).containsExactly(3L, 8L, (long) ErrorCode.CANCELLED.code());
            raw.send(4, 8);
            raw.ping(8);
        }
    }

    @Test
    void aCancelledConnectionFreesItsChannel() throws Exception {
        try (Peer silent = Peer.thatNeverAnswers();
                Peer peer = new Peer()) {
            Future<?> connecting = host.begin(
                    Operation.TCP_CONNECT, Host.NO_DEADLINE, 0, Peer.localhost(), silent.port(), 0, Map.of());
            host.request(Operation.PING);

            connecting.cancel(false);

            assertThat(host.request(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), 0, Map.of()))
                    .hasSize(5);
        }
    }

    @Test
    void cancelOfNothingIsIgnored() throws Exception {
        host.send(new Cancel(4711));

        assertThat(host.request(Operation.PING)).isEmpty();
    }

    @Test
    void aDeadlineEndsARequest() throws Exception {
        try (RawHost raw = rawHost();
                Peer peer = Peer.thatNeverAnswers()) {
            raw.send(1, 3, Operation.TCP_CONNECT, 100, 0, Peer.localhost(), peer.port(), 0, Map.of());

            assertThat(raw.receive().subList(0, 3)).containsExactly(3L, 3L, (long) ErrorCode.DEADLINE.code());
            raw.ping(3);
        }
    }

    @Test
    void aDeadlineMeansNothingToWhatIsDone() throws Exception {
        try (RawHost raw = rawHost();
                Peer peer = new Peer();
                Peer silent = Peer.thatNeverAnswers()) {
            raw.send(1, 3, Operation.TCP_CONNECT, 100, 0, Peer.localhost(), peer.port(), 10, Map.of());
            assertThat(raw.receive().subList(0, 2)).containsExactly(2L, 3L);
            raw.send(1, 4, Operation.TCP_CONNECT, 200, 2, Peer.localhost(), silent.port(), 10, Map.of());
            assertThat(raw.receive().subList(0, 2)).as("the later deadline").containsExactly(3L, 4L);

            peer.accept().getOutputStream().write(9);

            assertThat((byte[]) raw.receive().get(2)).containsExactly(9);
        }
    }

    /** The host's session of this test gives way to another one. */
    private RawHost rawHost() throws Exception {
        host.close();
        RawHost raw = new RawHost(device());
        raw.begin();
        return raw;
    }
}
