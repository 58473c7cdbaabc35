package dev.uartnet.esp32.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.NameService;
import dev.uartnet.esp32.VirtualEsp32;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The devices that the suite runs against. All know {@code server.test} and what {@link TestNameServer} says. */
enum DeviceKind {
    VIRTUAL_IN_MEMORY {
        @Override
        Device start() throws IOException {
            return Device.inMemory(virtual());
        }
    },
    VIRTUAL_ON_PTY {
        @Override
        Device start() throws IOException {
            VirtualEsp32 device = virtual();
            return Device.onPath(device.servePty(), device::close);
        }
    },
    FIRMWARE_64_BIT {
        @Override
        Device start() throws IOException {
            return firmware(Firmware.builder().bits(64));
        }
    },
    FIRMWARE_32_BIT_110K {
        @Override
        Device start() throws IOException {
            return firmware(Firmware.builder().bits(32).heap("110k"));
        }
    },
    /** For TLS: with a heap of 110 KB there is room for one connection at a time at best. */
    FIRMWARE_32_BIT_200K {
        @Override
        Device start() throws IOException {
            return firmware(Firmware.builder().bits(32).heap("200k"));
        }
    };

    abstract Device start() throws IOException;

    private static VirtualEsp32 virtual() {
        NameService names = name -> switch (name) {
            case TestNameServer.SERVER -> List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            case TestNameServer.FAILING -> throw new IOException("SERVFAIL");
            default -> throw new UnknownHostException(name);
        };
        return VirtualEsp32.builder().names(names).build();
    }

    private static Device firmware(Firmware.Builder builder) throws IOException {
        TestNameServer names = new TestNameServer();
        try {
            Firmware firmware = builder.environment("UARTNET_DNS", "127.0.0.1:" + names.port())
                    .environment("UARTNET_HOSTS", "/dev/null")
                    .start();
            return Device.onPath(firmware.path(), firmware::close, names::close);
        } catch (FirmwareMissingException e) {
            names.close();
            throw missing(e);
        } catch (IOException | RuntimeException e) {
            names.close();
            throw e;
        }
    }

    /** Without MicroPython the tests of the firmware cannot run: in CI a failure, elsewhere a loud word. */
    static RuntimeException missing(FirmwareMissingException e) {
        if ("true".equals(System.getenv("CI"))) {
            return new IllegalStateException("in CI the tests of the firmware must run", e);
        }
        System.err.println("\n*** THE TESTS OF THE FIRMWARE DO NOT RUN: " + e.getMessage() + " ***\n");
        return abort(e.getMessage());
    }
}
