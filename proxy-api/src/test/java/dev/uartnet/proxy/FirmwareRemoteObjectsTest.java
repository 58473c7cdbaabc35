package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.proxy.examples.LampExample;
import dev.uartnet.proxy.objects.RemoteObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Remote objects on the real firmware, 64 bits, and code that is sent to it. */
class FirmwareRemoteObjectsTest extends FirmwareObjectPrograms {
    FirmwareRemoteObjectsTest() {
        super(Firmware.builder().bits(64));
    }

    @Test
    void fiveThousandObjectsComeAndGoAndLeaveTheHeapAsItWas() {
        assertLeavesTheHeap(5_000, 4_000);
    }

    @Test
    void theExampleOfTheReadmeRuns() {
        LampExample.run(client());
    }

    @Test
    void codeIsExecutedAndEvaluated() {
        List<String> printed = new ArrayList<>();
        client().objects()
                .exec("import demo\nfor i in range(3):\n    print('line', i)\nx = 20")
                .onOutput(printed::add)
                .then()
                .block(TestLine.WAIT);

        assertThat(String.join("", printed)).isEqualTo("line 0\nline 1\nline 2\n");
        Integer sum = get(client().objects().evaluate("x + 1").as(Integer.class));
        assertThat(sum).isEqualTo(21);
        try (RemoteObject large = get(client().objects().evaluate("10 ** 30").object())) {
            assertThat(large.type()).isEqualTo("int");
        }
        assertThat(client().objects().evaluate("None").result().blockOptional(TestLine.WAIT))
                .isEmpty();
    }
}
