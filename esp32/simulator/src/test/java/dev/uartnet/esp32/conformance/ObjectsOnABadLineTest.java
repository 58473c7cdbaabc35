package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.objects.GreeterModule;
import dev.uartnet.transport.MemoryPort;
import io.netty.util.concurrent.Future;
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
    private static final int ITEMS = 2000;
    private static final long SEED = 5;

    @Test
    void callsItemsAndOutputComeWholeAndInOrder() throws Exception {
        MemoryPort.Pair hostSide = MemoryPort.pair();
        MemoryPort.Pair deviceSide = MemoryPort.pair();
        try (SerialLine line = SerialLine.between(hostSide.b(), deviceSide.a())
                        .baud(BAUD)
                        .faults(LineFaults.NONE.withByteError(1e-4))
                        .seed(SEED)
                        .start();
                VirtualEsp32 virtual = VirtualEsp32.builder()
                        .module("greeter", GreeterModule.create())
                        .start(deviceSide.b());
                Device device = Device.onPort(hostSide.a());
                Host host = new Host(device)) {
            Handle module =
                    (Handle) host.request(Operation.OBJECT_IMPORT, "greeter").get(0);
            List<Future<List<@Nullable Object>>> answers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                answers.add(host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, module, "count", List.of(i), Map.of()));
            }
            Handle greeter = (Handle) host.request(Operation.OBJECT_CALL, module, "Greeter", List.of("Ada"), Map.of())
                    .get(0);
            Items printing = Items.of(host, Operation.OBJECT_CALL, greeter, "greet", List.of(ITEMS), Map.of());
            Object generator = host.request(Operation.OBJECT_CALL, module, "count", List.of(ITEMS), Map.of())
                    .get(0);
            Items items = Items.of(host, Operation.OBJECT_ITERATE, generator);

            assertThat(items.takeAll())
                    .isEqualTo(LongStream.range(0, ITEMS).boxed().toList());
            assertThat(printing.results()).containsExactly("Hello, Ada!");
            assertThat(printing.printed()).isEqualTo("Hello, Ada!\n".repeat(ITEMS));
            for (int i = 0; i < CALLS; i++) {
                assertThat(Host.results(answers.get(i))).singleElement().isInstanceOf(Handle.class);
            }
            assertThat(host.request(Operation.OBJECT_TEXT, greeter, false)).containsExactly("Greeter of Ada");
            assertThat(line.toA().counters().flipped()).isPositive();
            assertThat(line.toB().counters().flipped()).isPositive();
            assertThat(virtual.bootId()).isEqualTo(host.session().bootId());
        }
        Leaks.assertNone();
    }
}
