package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever comes over the line, at either end, before, between and inside sessions: it harms nothing. */
@EachDevice
@Timeout(120)
class GarbageConformanceTest extends ConformanceTest {
    private static final int CREDIT = 16_384;

    @ParameterizedTest
    @EnumSource(Garbage.class)
    void garbageAtTheDeviceHarmsNothing(Garbage garbage) throws Exception {
        byte[] bytes = garbage.bytes();
        try (RawHost host = new RawHost(device())) {
            host.write(bytes);
            host.begin();
            host.ping(1);
            host.write(bytes);
            host.ping(2);
            host.reset(2);
            host.write(bytes);
            host.begin();
            host.ping(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Garbage.class)
    void garbageAtTheHostHarmsNothing(Garbage garbage) throws Exception {
        byte[] bytes = garbage.bytes();
        byte[] content = Peer.content(200_000);
        for (int session = 0; session < 2; session++) {
            try (Peer peer = new Peer();
                    Host host = new Host(device(), bytes)) {
                peer.echo();
                HostChannel channel = host.connect(0, peer.port(), CREDIT);
                channel.grantBack();
                CompletableFuture<Void> injected = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 5; i++) {
                        host.inject(bytes);
                    }
                });
                channel.send(content);
                channel.sendEof();
                assertThat(channel.receiveAll()).isEqualTo(content);
                injected.join();
            }
        }
    }
}
