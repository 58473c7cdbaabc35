package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The real firmware with the modules {@code demo} and {@code lamp} on its path, and a client of it. */
final class PythonFirmware implements AutoCloseable {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Firmware firmware;
    final ProxyClient client;

    private PythonFirmware(Firmware.Builder builder) throws IOException, URISyntaxException {
        Path python = Path.of(Objects.requireNonNull(PythonFirmware.class.getResource("/python/demo.py"))
                        .toURI())
                .getParent();
        firmware = RealFirmware.start(builder.environment("UARTNET_ALLOW", "demo,lamp,exec"));
        client = TestLine.get(
                ProxyClient.connector().port(firmware.path()).runOn(loops).connect());
        client.objects()
                .exec("import sys; sys.path.append('" + python + "')")
                .then()
                .block(TestLine.WAIT);
    }

    static PythonFirmware start(Firmware.Builder builder) throws IOException, URISyntaxException {
        return new PythonFirmware(builder);
    }

    /** Bytes of its heap in use, after a collection of garbage. */
    long heapUsed() {
        return TestLine.get(client.device().collectGarbage()).used();
    }

    @Override
    public void close() {
        client.close().block(TestLine.WAIT);
        firmware.close();
        loops.shutdownGracefully();
    }
}
