package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.proxy.board.Device;
import dev.uartnet.proxy.board.DeviceFile;
import dev.uartnet.proxy.board.DeviceFiles;
import dev.uartnet.proxy.board.HeapUse;
import dev.uartnet.proxy.board.ResetCause;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What users do with the device itself, and with its files. */
abstract class DevicePrograms extends BoardPrograms {
    DevicePrograms(TestBoard.Start start) {
        super(start);
    }

    // ---- the device

    @Test
    void tellsItsHeap() {
        HeapUse before = get(client().device().memory());
        assertThat(before.free()).isPositive();
        assertThat(before.used()).isPositive();
        assertThat(get(client().device().collectGarbage()).free()).isPositive();
    }

    @Test
    void tellsItsTemperature() throws Exception {
        bench().temperature(51.5);
        assertThat(get(client().device().temperature())).isEqualTo(51.5);
    }

    @Test
    void tellsWhatAHostMayDo() {
        assertThat(get(client().info()).allow()).contains("everything");
    }

    @Test
    void reportsItsHealth() throws Exception {
        bench().temperature(51.5);
        List<DeviceInfo> reports =
                get(client().device().health(Duration.ofMillis(100)).take(3).collectList());
        assertThat(reports).extracting(DeviceInfo::temperature).containsOnly(51.5);
        assertThat(reports.get(2).uptime())
                .isGreaterThanOrEqualTo(reports.get(0).uptime().plusMillis(100));
    }

    @Test
    void comesBackAfterASoftReset() {
        Device device = client().device();
        DeviceInfo before = get(client().info());
        DeviceInfo after = get(device.untilBack(device.softReset()));
        assertThat(after.bootId()).isNotEqualTo(before.bootId());
        assertThat(get(device.resetCause())).isEqualTo(ResetCause.SOFT);
    }

    @Test
    void comesBackAfterAHardReset() throws Exception {
        Device device = client().device();
        try (EchoServer echo = new EchoServer()) {
            ProxyConnection open = get(client().sockets().connect("127.0.0.1", echo.port()));
            CompletableFuture<?> reading = open.receive().then().toFuture();
            get(device.untilBack(device.hardReset()));
            assertThat(get(device.resetCause())).isEqualTo(ResetCause.HARD);
            assertThatThrownBy(() -> reading.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(LinkLostException.class);
        }
    }

    @Test
    void hasAWatchdog() {
        assertThat(get(client().device().watchdog(Duration.ofSeconds(60)))).isPositive();
    }

    // ---- files

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void keepsFiles() {
        DeviceFiles files = client().files();
        assertThat(get(files.write("/data/one.txt", "grüße"))).isEqualTo(7);
        assertThat(get(files.readText("/data/one.txt"))).isEqualTo("grüße");
        assertThat(get(files.write("/data/empty", new byte[0]))).isZero();
        assertThat(get(files.readAll("/data/empty"))).isEmpty();
        List<DeviceFile> all = get(files.list("/data").collectList());
        assertThat(all).extracting(DeviceFile::name).containsExactlyInAnyOrder("one.txt", "empty");
        assertThat(all).extracting(DeviceFile::size).containsExactlyInAnyOrder(7L, 0L);
        assertThat(all).extracting(DeviceFile::directory).containsOnly(false);
        assertThat(get(files.list("/")
                                .filter(file -> file.name().equals("data"))
                                .next())
                        .directory())
                .isTrue();
        run(files.remove("/data/one.txt"));
        run(files.remove("/data/empty"));
        run(files.remove("/data"));
        assertThat(get(files.list("/").map(DeviceFile::name).collectList())).doesNotContain("data");
    }

    @Test
    void writesAndReadsInPieces() {
        DeviceFiles files = client().files();
        byte[] contents = random(100_000);
        assertThat(get(files.write("/large", contents))).isEqualTo(contents.length);
        assertThat(get(files.readAll("/large"))).isEqualTo(contents);
        // Of pieces in all sizes, which a slow reader takes one by one.
        Flux<ByteBuf> odd = Flux.range(0, 300).map(i -> Unpooled.wrappedBuffer(contents, 300 * i, 300));
        assertThat(get(files.write("/odd", odd))).isEqualTo(90_000);
        ByteBuf read = Unpooled.buffer();
        run(files.read("/odd")
                .limitRate(1)
                .doOnNext(piece -> {
                    read.writeBytes(piece);
                    piece.release();
                })
                .then());
        assertThat(read).isEqualTo(Unpooled.wrappedBuffer(contents, 0, 90_000));
    }

    @Test
    void writesOfOneClientWaitForEachOther() {
        DeviceFiles files = client().files();
        List<byte[]> contents =
                Flux.range(0, 8).map(i -> random(5_000 + i)).collectList().block();
        Flux.fromIterable(contents)
                .flatMap(each -> client().files().write("/f" + each.length, each))
                .blockLast(WAIT);
        for (byte[] each : contents) {
            assertThat(get(files.readAll("/f" + each.length))).isEqualTo(each);
        }
    }

    @Test
    void aWriteThatFailsOrIsCancelledLeavesTheOldFile() {
        DeviceFiles files = client().files();
        run(files.write("/kept", "old"));
        Flux<ByteBuf> failing = Flux.concat(
                Mono.fromSupplier(() -> Unpooled.wrappedBuffer(random(20_000))),
                Mono.error(new IllegalStateException("the source is gone")));
        assertThatThrownBy(() -> run(files.write("/kept", failing))).hasMessage("the source is gone");
        assertThat(get(files.readText("/kept"))).isEqualTo("old");
        Flux<ByteBuf> endless =
                Flux.concat(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(random(20_000))), Flux.never());
        Disposable writing = files.write("/kept", endless).subscribe();
        run(client().ping());
        writing.dispose();
        assertThat(get(files.readText("/kept"))).isEqualTo("old");
        assertThat(get(files.write("/kept", "new"))).isEqualTo(3);
        assertThat(get(files.readText("/kept"))).isEqualTo("new");
    }

    @Test
    void errorsAreThoseOfFiles() throws Exception {
        DeviceFiles files = client().files();
        for (Mono<?> absent : List.of(
                files.readAll("/absent"),
                files.remove("/absent"),
                files.list("/absent").then())) {
            assertThat(failure(NoSuchFileException.class, absent).getFile()).isEqualTo("/absent");
        }
        run(files.write("/full/file", "1"));
        assertThat(failure(FileSystemException.class, files.remove("/full"))).hasMessageStartingWith("/full: ");
        assertThat(failure(FileSystemException.class, files.write("/full", "a directory")))
                .hasMessageStartingWith("/full: ");
        assertThatThrownBy(() -> files.readAll("relative")).hasMessageContaining("relative");
    }

    @Test
    void aConfigurationShowsNoPassword() throws Exception {
        DeviceFiles files = client().files();
        String secret = "battery staple";
        run(files.write("/uartnet.json", "{\"ssid\": \"home\", \"password\": \"" + secret + "\"}"));
        String read = get(files.readText("/uartnet.json"));
        assertThat(read).contains("home", "***").doesNotContain(secret);
        assertThat(failure(FileSystemException.class, files.write("/uartnet.json", "not JSON")))
                .hasMessageStartingWith("/uartnet.json: ");
        assertThat(get(files.readText("/uartnet.json"))).isEqualTo(read);
    }
}
