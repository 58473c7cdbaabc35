package dev.uartnet.esp32.conformance;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.bench.VirtualBench;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** The boards that the suites of Wi-Fi, clock, pins, device and files run against. All allow everything, and know {@code server.test}. */
enum BoardKind {
    VIRTUAL {
        @Override
        BenchedBoard start() throws IOException {
            VirtualEsp32 device = VirtualEsp32.builder()
                    .allow("everything")
                    .networkGrace(GRACE)
                    .names(name -> {
                        if (name.equals(TestNameServer.SERVER)) {
                            return List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                        }
                        throw new UnknownHostException(name);
                    })
                    .build();
            return new BenchedBoard(Device.inMemory(device), new VirtualBench(device, GRACE));
        }
    },
    FIRMWARE_64_BIT {
        @Override
        BenchedBoard start() throws IOException {
            return FirmwareBoard.start(Firmware.builder().bits(64).environment("UARTNET_ALLOW", "everything"));
        }
    },
    /** With room for all groups beside each other. */
    FIRMWARE_32_BIT_200K {
        @Override
        BenchedBoard start() throws IOException {
            return FirmwareBoard.start(Firmware.builder()
                    .bits(32)
                    .heap("200k")
                    .environment("UARTNET_ALLOW", "everything")
                    .environment("UARTNET_CHANNELS", "15"));
        }
    };

    /** Long enough for a test's short outage on a busy machine. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    abstract BenchedBoard start() throws IOException;
}
