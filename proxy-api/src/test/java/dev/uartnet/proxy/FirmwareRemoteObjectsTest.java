package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Remote objects on the real firmware, 64 bits, and code that is sent to it. */
class FirmwareRemoteObjectsTest extends RemoteObjectPrograms {
    private static Firmware firmware;
    private static ProxyClient client;
    private static EventLoopGroup loops;

    @BeforeAll
    static void start() throws IOException, URISyntaxException {
        Path python = Path.of(Objects.requireNonNull(FirmwareRemoteObjectsTest.class.getResource("/python/demo.py"))
                        .toURI())
                .getParent();
        firmware = RealFirmware.start(Firmware.builder().bits(64).environment("UARTNET_ALLOW", "demo,exec"));
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        client = TestLine.get(
                ProxyClient.connector().port(firmware.path()).runOn(loops).connect());
        client.objects()
                .exec("import sys; sys.path.append('" + python + "')")
                .then()
                .block(TestLine.WAIT);
    }

    @AfterAll
    static void stop() {
        if (firmware != null) {
            client.close().block(TestLine.WAIT);
            firmware.close();
            loops.shutdownGracefully();
        }
    }

    @Override
    ProxyClient client() {
        return client;
    }

    @Test
    void fiveThousandObjectsComeAndGoAndLeaveTheHeapAsItWas() {
        createAndDrop(100);
        long before = heapUsed();
        createAndDrop(5_000);
        assertThat(heapUsed()).isLessThan(before + 4_000);
    }

    private static long heapUsed() {
        return TestLine.get(client.device().collectGarbage()).used();
    }

    @Test
    void codeIsExecutedAndEvaluated() {
        List<String> printed = new ArrayList<>();
        client.objects()
                .exec("import demo\nfor i in range(3):\n    print('line', i)\nx = 20")
                .onOutput(printed::add)
                .then()
                .block(TestLine.WAIT);

        assertThat(String.join("", printed)).isEqualTo("line 0\nline 1\nline 2\n");
        assertThat(get(client.objects().evaluate("x + 1").as(Integer.class))).isEqualTo(21);
        assertThat(get(client.objects().evaluate("10 ** 30").object()).type()).isEqualTo("int");
        assertThat(client.objects().evaluate("None").result().blockOptional(TestLine.WAIT))
                .isEmpty();
    }
}
