package dev.uartnet.proxy;

import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Remote objects on the simulator behind a line of 921,600 baud that damages a byte in 10,000. */
class NoisyLineRemoteObjectsTest extends RemoteObjectPrograms {
    private static final long SEED = 4;

    private static SerialLine line;
    private static VirtualEsp32 device;
    private static EventLoopGroup loops;
    private static ProxyClient client;

    @BeforeAll
    static void open() throws IOException {
        MemoryPort.Pair hostSide = MemoryPort.pair();
        MemoryPort.Pair deviceSide = MemoryPort.pair();
        line = SerialLine.between(hostSide.b(), deviceSide.a())
                .baud(TestDevice.BAUD)
                .faults(TestDevice.NOISE)
                .seed(SEED)
                .start();
        device =
                VirtualEsp32.builder().module("demo", new DemoModule().module()).start(deviceSide.b());
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        client = TestLine.get(TestLine.connect(
                ProxyClient.connector()
                        .noReconnect()
                        .baudRate(TestDevice.BAUD)
                        .connectTimeout(TestLine.WAIT)
                        .runOn(loops),
                loops,
                hostSide.a()));
    }

    @AfterAll
    static void close() throws Exception {
        client.close().block(TestLine.WAIT);
        device.close();
        line.close();
        loops.shutdownGracefully();
    }

    @Override
    ProxyClient client() {
        return client;
    }
}
