package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.objects.GreeterModule;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Remote objects over a line of 921,600 baud that spoils a byte in 10,000, each way. */
@Timeout(60)
class ObjectsOnABadLineTest {
    static {
        Leaks.watch();
    }

    private static final int BAUD = 921_600;
    private static final int CALLS = 1000;
    private static final int PING_BYTES = 500;
    private static final int ITEMS = 2000;
    private static final long SEED = 5;

    @Test
    void callsItemsAndOutputComeWholeAndInOrder() throws Exception {
        MemoryPort.Pair hostSide = MemoryPort.pair();
        MemoryPort.Pair deviceSide = MemoryPort.pair();
        try (SerialLine line = line(hostSide.b(), deviceSide.a());
                VirtualEsp32 virtual = VirtualEsp32.builder()
                        .module("greeter", GreeterModule.create())
                        .start(deviceSide.b());
                Device device = Device.onPort(hostSide.a());
                Host host = new Host(device)) {
            assertComesWholeAndInOrder(host, line);
            assertThat(virtual.bootId()).isEqualTo(host.session().bootId());
        }
        Leaks.assertNone();
    }

    @Test
    void theSameWithTheFirmware() throws Exception {
        try (PseudoTerminal hostEnd = PseudoTerminal.open();
                PseudoTerminal deviceEnd = PseudoTerminal.open();
                SerialLine line = line(hostEnd.masterPort(), deviceEnd.masterPort());
                Firmware firmware = DeviceKind.withModules(Firmware.builder().bits(64), DeviceKind.Objects.LISTED)
                        .start(Path.of(deviceEnd.slavePath()));
                Device device = Device.onPath(hostEnd.slavePath());
                Host host = new Host(device)) {
            assertComesWholeAndInOrder(host, line);
            assertThat(firmware.isAlive()).as(firmware.errorOutput()).isTrue();
        } catch (FirmwareMissingException e) {
            throw DeviceKind.missing(e);
        }
        Leaks.assertNone();
    }

    private static SerialLine line(UartPort host, UartPort device) throws IOException {
        return SerialLine.between(host, device)
                .baud(BAUD)
                .faults(LineFaults.NONE.withByteError(1e-4))
                .seed(SEED)
                .start();
    }

    private static void assertComesWholeAndInOrder(Host host, SerialLine line) throws Exception {
        Handle module =
                (Handle) host.request(Operation.OBJECT_IMPORT, "greeter").get(0);
        List<Future<List<@Nullable Object>>> answers = new ArrayList<>();
        List<Future<List<@Nullable Object>>> pings = new ArrayList<>();
        byte[] content = Peer.content(PING_BYTES);
        for (int i = 0; i < CALLS; i++) {
            answers.add(host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, module, "count", List.of(i), Map.of()));
            if (i % 10 == 0) {
                pings.add(host.begin(Operation.PING, Host.NO_DEADLINE, content));
            }
        }
        Handle greeter = (Handle) host.request(Operation.OBJECT_CALL, module, "Greeter", List.of("Ada"), Map.of())
                .get(0);
        Items printing = Items.of(host, Operation.OBJECT_CALL, greeter, "greet", List.of(ITEMS), Map.of());
        Object generator = host.request(Operation.OBJECT_CALL, module, "count", List.of(ITEMS), Map.of())
                .get(0);
        Items items = Items.of(host, Operation.OBJECT_ITERATE, generator);

        assertThat(items.takeAll()).isEqualTo(LongStream.range(0, ITEMS).boxed().toList());
        assertThat(printing.results()).containsExactly("Hello, Ada!");
        assertThat(printing.printed()).isEqualTo("Hello, Ada!\n".repeat(ITEMS));
        for (int i = 0; i < CALLS; i++) {
            assertThat(Host.results(answers.get(i))).singleElement().isInstanceOf(Handle.class);
        }
        for (Future<List<@Nullable Object>> ping : pings) {
            assertThat(Host.results(ping)).containsExactly(content);
        }
        assertThat(host.request(Operation.OBJECT_TEXT, greeter, false)).containsExactly("Greeter of Ada");
        assertThat(line.toA().counters().flipped()).isPositive();
        assertThat(line.toB().counters().flipped()).isPositive();
    }
}
