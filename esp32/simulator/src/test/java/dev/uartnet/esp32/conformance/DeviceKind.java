package dev.uartnet.esp32.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.NameService;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.objects.GreeterModule;
import dev.uartnet.esp32.objects.ScriptedObject;
import dev.uartnet.esp32.objects.SimulatedObject;
import dev.uartnet.esp32.objects.ThingsModule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The devices that the suite runs against. All know {@code server.test} and what {@link TestNameServer} says. */
enum DeviceKind {
    VIRTUAL_IN_MEMORY {
        @Override
        Device start(Objects objects) throws IOException {
            return Device.inMemory(virtual(objects));
        }
    },
    VIRTUAL_ON_PTY {
        @Override
        Device start(Objects objects) throws IOException {
            VirtualEsp32 device = virtual(objects);
            return Device.onPath(device.servePty(), device::close);
        }
    },
    FIRMWARE_64_BIT {
        @Override
        Device start(Objects objects) throws IOException {
            return firmware(objects, Firmware.builder().bits(64));
        }
    },
    FIRMWARE_32_BIT_110K {
        @Override
        Device start(Objects objects) throws IOException {
            return firmware(objects, Firmware.builder().bits(32).heap("110k"));
        }
    },
    /** For TLS: with a heap of 110 KB there is room for one connection at a time at best. */
    FIRMWARE_32_BIT_200K {
        @Override
        Device start(Objects objects) throws IOException {
            // Memory for TLS rather than for what these tests do not use.
            return firmware(objects, Firmware.builder().bits(32).heap("200k").environment("UARTNET_ALLOW", "sockets"));
        }
    },
    /** For remote objects beside everything else: 100 KB are the host's. */
    FIRMWARE_32_BIT_300K {
        @Override
        Device start(Objects objects) throws IOException {
            return firmware(objects, Firmware.builder().bits(32).heap("300k"));
        }
    };

    private static final Map<Objects, String[]> ALLOW =
            Map.of(Objects.LISTED, new String[] {"greeter", "things"}, Objects.EVERYTHING, new String[] {"everything"});

    /** Modules in Python, which the firmware finds in its own root. */
    private static final Path PYTHON =
            Path.of(System.getProperty(Firmware.ROOT_PROPERTY, "."), "esp32/simulator/src/test/resources/objects");

    /** What the device's hosts may import, besides what they may do anyway. */
    enum Objects {
        /** The device's default. */
        NONE,
        /** The modules {@code greeter} and {@code things}. */
        LISTED,
        /** Every module, and code. */
        EVERYTHING
    }

    abstract Device start(Objects objects) throws IOException;

    Device start() throws IOException {
        return start(Objects.NONE);
    }

    private static VirtualEsp32 virtual(Objects objects) {
        NameService names = name -> switch (name) {
            case TestNameServer.SERVER -> List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            case TestNameServer.FAILING -> throw new IOException("SERVFAIL");
            default -> throw new UnknownHostException(name);
        };
        VirtualEsp32.Builder builder = VirtualEsp32.builder().names(names);
        if (objects != Objects.NONE) {
            SimulatedObject sys = ScriptedObject.module("sys").build();
            builder.module("sys", sys)
                    .module("greeter", GreeterModule.create())
                    .module("things", ThingsModule.create(sys))
                    .allow(ALLOW.get(objects));
        }
        return builder.build();
    }

    private static Device firmware(Objects objects, Firmware.Builder builder) throws IOException {
        if (objects != Objects.NONE) {
            withModules(builder, objects);
        }
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

    /** A firmware whose hosts may import modules, and which has those of the tests. */
    static Firmware.Builder withModules(Firmware.Builder builder, Objects objects) {
        return builder.environment("UARTNET_ALLOW", String.join(",", ALLOW.get(objects)))
                .environment("UARTNET_FILES", PYTHON.toString())
                .environment("UARTNET_CHANNELS", "15"); // a board's: the heap is for objects
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
