package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;

/** The real firmware, 64 bits. */
class FirmwareDatagramTestsuiteTest extends DatagramTestsuiteTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private Firmware firmware;

    Firmware.Builder device() {
        return Firmware.builder().bits(64);
    }

    @Override
    ProxyClient start() throws Exception {
        firmware = RealFirmware.start(device());
        return TestLine.get(
                ProxyClient.connector().runOn(loops).port(firmware.path()).connect());
    }

    @Override
    void stop() {
        if (firmware != null) {
            firmware.close();
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Override
    EventLoopGroup lineLoops() {
        return loops;
    }
}
