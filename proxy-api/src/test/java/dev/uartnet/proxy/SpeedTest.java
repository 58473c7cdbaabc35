package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.NoAnswerException;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Lines that have a speed: what is sent at another one than the receiver's arrives as garbage, what is too fast with damage. */
@Timeout(120)
class SpeedTest {
    private static final int FIRST = 115_200;
    private static final int FAST = 921_600;

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    private <T extends AutoCloseable> T keep(T part) {
        parts.add(0, part);
        return part;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private ProxyClient keep(ProxyClient client) {
        keep((AutoCloseable) () -> client.close().block(WAIT));
        return client;
    }

    /** A virtual device behind a line in memory. */
    private final class InMemory {
        final MemoryPort.Pair hostSide = MemoryPort.pair();
        final MemoryPort.Pair deviceSide = MemoryPort.pair();
        final SerialLine line;

        InMemory(UnaryOperator<SerialLine.Builder> conditions, UnaryOperator<VirtualEsp32.Builder> device)
                throws IOException {
            line = keep(conditions
                    .apply(SerialLine.between(hostSide.b(), deviceSide.a()).seed(4))
                    .start());
            keep(device.apply(VirtualEsp32.builder()).start(deviceSide.b()));
        }

        ProxyClient connect() {
            Bootstrap bootstrap = new Bootstrap().group(loops).channelFactory(() -> new UartChannel(hostSide.a()));
            return keep(TestLine.get(ProxyClient.connector()
                    .noReconnect()
                    .baudRateAuto()
                    .runOn(loops)
                    .connect(bootstrap, new UartAddress("memory"))));
        }

        void bothAt(int baud) {
            assertThat(hostSide.a().settings().baudRate()).isEqualTo(baud);
            assertThat(deviceSide.b().settings().baudRate()).isEqualTo(baud);
        }
    }

    /** So many bytes there and back. */
    private void echo(ProxyClient client, int bytes) {
        EchoServer server = keep(new EchoServer());
        byte[] sent = new byte[bytes];
        new Random(bytes).nextBytes(sent);
        Connection connection = TestLine.get(client.tcpClient()
                .host("127.0.0.1")
                .port(server.port())
                .connect()
                .cast(Connection.class));
        Mono<byte[]> received = connection
                .inbound()
                .receive()
                .asByteArray()
                .scanWith(ByteArrayOutputStream::new, (all, part) -> {
                    all.writeBytes(part);
                    return all;
                })
                .filter(all -> all.size() >= bytes)
                .next()
                .map(ByteArrayOutputStream::toByteArray);
        Mono<Void> sending =
                connection.outbound().sendByteArray(Mono.just(sent)).then();
        assertThat(TestLine.get(Mono.when(sending).then(received))).isEqualTo(sent);
        connection.disposeNow(WAIT);
    }

    @Test
    void theFastestSpeedThatBothEndsWant() throws IOException {
        InMemory setup = new InMemory(line -> line, device -> device.maxBaudRate(500_000));
        ProxyClient client = setup.connect();
        assertThat(client.baudRate()).isEqualTo(460_800);
        setup.bothAt(460_800);
        echo(client, 50_000);
    }

    @Test
    void theFastestSpeedThatTheLineCarries() throws IOException {
        InMemory setup = new InMemory(line -> line.maxCleanBaud(300_000), device -> device);
        ProxyClient client = setup.connect();
        assertThat(client.baudRate()).isEqualTo(230_400);
        setup.bothAt(230_400);
        echo(client, 20_000);
    }

    @Test
    void aDeviceThatKeepsItsSpeedIsNoError() throws IOException {
        InMemory setup = new InMemory(line -> line, device -> device.maxBaudRate(0));
        ProxyClient client = setup.connect();
        assertThat(client.baudRate()).isEqualTo(FIRST);
        echo(client, 5_000);
    }

    @Test
    void aLineThatTurnsBadIsSlowedDownAndLosesNothing() throws IOException {
        InMemory setup = new InMemory(line -> line, device -> device);
        ProxyClient client = setup.connect();
        assertThat(client.baudRate()).isEqualTo(FAST);
        setup.line.toB().faults(LineFaults.NONE.withByteError(0.008));
        CompletableFuture<Void> transfer = CompletableFuture.runAsync(() -> echo(client, 100_000));
        awaitTrue(() -> client.baudRate() < FAST);
        setup.line.faults(LineFaults.NONE);
        transfer.join();
        setup.bothAt(client.baudRate());
    }

    // ---- ports of the operating system, and the real firmware

    /** A firmware that listens at that speed, behind a line between two pseudo terminals. */
    private String firmware(int baud, UnaryOperator<SerialLine.Builder> conditions) throws IOException {
        RealFirmware.start(Firmware.builder()).close(); // or there is no MicroPython
        PseudoTerminal hostEnd = keep(PseudoTerminal.open());
        PseudoTerminal deviceEnd = keep(PseudoTerminal.open());
        keep(conditions
                .apply(SerialLine.between(hostEnd.masterPort(), deviceEnd.masterPort())
                        .seed(5))
                .start());
        keep(Firmware.builder()
                .environment("UARTNET_BAUD", Integer.toString(baud))
                .start(Path.of(deviceEnd.slavePath())));
        return hostEnd.slavePath();
    }

    private ProxyConnector auto(String port) {
        return ProxyClient.connector().noReconnect().port(port).runOn(loops).baudRateAuto();
    }

    @Test
    void theFirmwareChangesItsSpeed() throws IOException {
        String port = firmware(FIRST, line -> line);
        for (int i = 0; i < 2; i++) {
            ProxyClient client = keep(TestLine.get(auto(port).connect()));
            assertThat(client.baudRate()).isEqualTo(FAST);
            echo(client, 50_000);
            client.close().block(WAIT);
        }
    }

    @Test
    void theFirmwareOnALineThatIsNotCleanAtItsHighest() throws IOException {
        String port = firmware(FIRST, line -> line.maxCleanBaud(500_000));
        ProxyClient client = keep(TestLine.get(auto(port).connect()));
        assertThat(client.baudRate()).isEqualTo(460_800);
        echo(client, 50_000);
    }

    @Test
    void aFirmwareThatListensAtAnotherSpeedIsFound() throws IOException {
        String port = firmware(460_800, line -> line);
        ProxyClient client = keep(TestLine.get(auto(port).connect()));
        assertThat(client.baudRate()).isEqualTo(FAST);
        echo(client, 20_000);
    }

    @Test
    void whereNobodyAnswersTheErrorSaysWhatWasTried() throws IOException {
        PseudoTerminal nobody = keep(PseudoTerminal.open());
        assertThatThrownBy(() -> auto(nobody.slavePath())
                        .connectTimeout(Duration.ofMillis(50))
                        .connect()
                        .block(WAIT))
                .hasCauseInstanceOf(NoAnswerException.class)
                .hasMessageContaining("tried 115200 (silence), 921600 (silence), 460800")
                .hasMessageContaining("9600 (silence)");
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
