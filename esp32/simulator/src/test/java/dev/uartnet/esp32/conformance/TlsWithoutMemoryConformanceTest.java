package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 8 of PROTOCOL.md: what a device says that has too little memory for TLS. */
@ParameterizedClass
@EnumSource(value = DeviceKind.class, names = "FIRMWARE_32_BIT_110K")
class TlsWithoutMemoryConformanceTest extends ConformanceTest {
    @Test
    void theDeviceSaysThatItHasTooLittleMemory() throws Exception {
        try (Host host = new Host(device());
                Peer peer = new Peer()) {
            byte[] bytes = new byte[100];
            assertThat(host.session().features() & Feature.TLS).isZero();

            assertRefused(host, Operation.BLOB_WRITE, 0, bytes);
            assertRefused(
                    host,
                    Operation.TLS_CONNECT,
                    0,
                    Peer.localhost(),
                    peer.port(),
                    1000,
                    Map.of("ca", bytes, "server_name", TestNameServer.SERVER));
            assertRefused(
                    host,
                    Operation.TLS_LISTEN,
                    0,
                    Peer.localhost(),
                    0,
                    0,
                    10,
                    Map.of("certificate", bytes, "key", bytes));

            peer.echo();
            HostChannel plain = host.connect(0, peer.port(), 1000);
            plain.send(bytes);
            assertThat(plain.receive(100)).isEqualTo(bytes);
        }
    }

    private static void assertRefused(Host host, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode()).isEqualTo(ErrorCode.NO_RESOURCES);
        assertThat(error.text()).contains("memory");
    }
}
