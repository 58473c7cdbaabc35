package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.PoolMemberState.Kind;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Several boards as one, on pseudo terminals that are opened as the system's serial ports are: simulators, and the real firmware. */
@Timeout(180)
class PoolOnPortsTest {
    private static final int BOARDS = 3;
    private static final long BODY = 300_000;

    @TempDir
    Path folder = Path.of("");

    private final List<AutoCloseable> running = new ArrayList<>();

    /** What is at the end of a line. */
    enum Kinds {
        SIMULATOR {
            @Override
            Board start() throws Exception {
                VirtualEsp32 device = VirtualEsp32.builder().build();
                return new Board(device.servePty(), device, device);
            }
        },
        FIRMWARE {
            @Override
            Board start() throws Exception {
                Firmware firmware = RealFirmware.start(Firmware.builder());
                return new Board(firmware.path(), () -> kill(firmware), firmware);
            }
        };

        abstract Board start() throws Exception;
    }

    /**
     * A board that runs.
     *
     * @param kill ends it without a word
     */
    record Board(String path, AutoCloseable kill, AutoCloseable close) {}

    private static void kill(Firmware firmware) throws Exception {
        assertThat(new ProcessBuilder("kill", "-KILL", Long.toString(firmware.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Starts a board behind a name of the test's, as udev makes one that stays. */
    private Board plug(Kinds kind, Path link) throws Exception {
        Board board = kind.start();
        running.add(board.close());
        Path next = folder.resolve("next");
        Files.createSymbolicLink(next, Path.of(board.path()).toRealPath());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
        return board;
    }

    private static ProxyConnector quick() {
        return ProxyClient.connector()
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(20)).maxBackoff(Duration.ofMillis(200)));
    }

    /** Downloads a body over a connection of its own, and compares it. */
    private static Mono<Boolean> download(ProxyPool pool, BodyServer server, Runnable begun) {
        return Mono.defer(() -> {
            var digest = BodyServer.digest();
            return pool.httpClient()
                    .get()
                    .uri(server.uri("/length/" + BODY))
                    .response((head, body) -> {
                        begun.run();
                        return body.asByteArray();
                    })
                    .doOnNext(digest::update)
                    .then(Mono.fromCallable(
                            () -> HexFormat.of().formatHex(digest.digest()).equals(BodyServer.sha256(BODY))));
        });
    }

    private static PoolState await(ProxyPool pool, String board, Kind kind) {
        return get(pool.states()
                .filter(state -> state.members().stream()
                        .anyMatch(member -> member.name().equals(board) && member.kind() == kind))
                .next());
    }

    @Test
    void aPortUnderTwoNamesIsRefused() throws Exception {
        Path link = folder.resolve("by-id");
        Board board = plug(Kinds.SIMULATOR, link);
        String real = Path.of(board.path()).toRealPath().toString();
        assertThatThrownBy(() -> quick().pool(link.toString(), "/dev/no-such-port", real))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the port is there twice: " + link + " and " + real + " are one");
    }

    @Test
    void aClosedPoolSaysThatItIsThePool() throws Exception {
        Path link = folder.resolve("by-id");
        plug(Kinds.SIMULATOR, link);
        ProxyPool pool = get(quick().pool(link.toString()));
        pool.close().block(WAIT);
        String words = "this host has closed the pool; the request did not run";
        assertThatThrownBy(() -> pool.resolve("some.test").blockFirst(WAIT)).hasMessageContaining(words);
        assertThatThrownBy(() -> pool.sockets().connect("127.0.0.1", 9).block(WAIT))
                .hasMessageContaining(words);
    }

    private static List<Integer> sockets(ProxyPool pool) {
        return pool.members().stream().map(PoolMember::sockets).toList();
    }

    @ParameterizedTest
    @EnumSource
    void oneIsKilledInTheMiddleOfTransfers(Kinds kind) throws Exception {
        List<Path> links = Stream.of("one", "two", "three").map(folder::resolve).toList();
        List<Board> boards = new ArrayList<>();
        for (Path link : links) {
            boards.add(plug(kind, link));
        }
        String second = links.get(1).toString();
        try (BodyServer server = new BodyServer()) {
            ProxyPool pool = get(quick().pool(links.stream().map(Path::toString).toArray(String[]::new)));
            assertThat(pool.state().up()).isEqualTo(BOARDS);
            int boot = get(pool.member(second).client()).session().bootId();
            CountDownLatch begun = new CountDownLatch(2 * BOARDS);
            List<CompletableFuture<Boolean>> downloads = Stream.generate(
                            () -> download(pool, server, begun::countDown).toFuture())
                    .limit(2 * BOARDS)
                    .toList();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(sockets(pool)).containsExactly(2, 2, 2);
            boards.get(1).kill().close();
            // The dead board's fail, with its cause; the others go on and are right.
            int right = 0;
            for (CompletableFuture<Boolean> download : downloads) {
                try {
                    assertThat(download.get(60, TimeUnit.SECONDS)).isTrue();
                    right++;
                } catch (ExecutionException failed) {
                    assertThat(failed).hasCauseInstanceOf(LinkLostException.class);
                }
            }
            assertThat(right).isEqualTo(4);
            PoolState down = await(pool, second, Kind.DOWN);
            assertThat(down.up()).isEqualTo(2);
            // New sockets go to the living.
            assertThat(get(Flux.range(0, 4)
                            .flatMap(any -> download(pool, server, () -> {}), 4)
                            .collectList()))
                    .containsExactly(true, true, true, true);
            assertThat(pool.member(second).sockets()).isZero();
            // It comes back, and gets sockets again.
            Files.deleteIfExists(links.get(1));
            plug(kind, links.get(1));
            await(pool, second, Kind.UP);
            assertThat(get(pool.member(second).client()).session().bootId()).isNotEqualTo(boot);
            List<ProxyConnection> three = get(Flux.range(0, 3)
                    .concatMap(any -> pool.sockets().connect("127.0.0.1", server.port()))
                    .collectList());
            assertThat(three).hasSize(3);
            assertThat(pool.member(second).sockets()).isPositive();
            pool.close().block(WAIT);
        } finally {
            for (AutoCloseable board : running) {
                board.close();
            }
        }
    }

    @Test
    void cancelledWhileItConnects() throws Exception {
        // A line on which nobody answers keeps the pool waiting.
        try (var silent = PseudoTerminal.open();
                VirtualEsp32 device = VirtualEsp32.builder().build()) {
            String path = device.servePty();
            CompletableFuture<ProxyPool> pool = quick().connectTimeout(Duration.ofSeconds(60))
                    .pool(path, silent.slavePath())
                    .toFuture();
            // The silent line hears the HELLO: both ports are open, or about to be.
            var master = silent.masterPort();
            master.open(UartSettings.DEFAULT);
            byte[] hello = new byte[64];
            while (master.read(hello, 0, hello.length) == 0) {
                Thread.onSpinWait();
            }
            pool.cancel(true);
            // Else they would be busy.
            ProxyClient next = get(ProxyClient.connector()
                    .port(path)
                    .connect()
                    .retryWhen(Retry.fixedDelay(100, Duration.ofMillis(50))));
            assertThat(get(next.ping())).isPositive();
            next.close().block(WAIT);
            assertThatThrownBy(pool::join).isInstanceOf(CancellationException.class);
        }
    }
}
