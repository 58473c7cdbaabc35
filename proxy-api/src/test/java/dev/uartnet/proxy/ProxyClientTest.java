package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.NameService;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class ProxyClientTest {
    @Test
    void pingsAndTellsOfItself() throws Exception {
        try (TestLine line = TestLine.open()) {
            assertThat(get(line.client.ping())).isPositive();
            assertThat(get(line.client.ping(new byte[900]))).isPositive();
            DeviceInfo info = get(line.client.info());
            assertThat(info.firmware()).isNotEmpty();
            assertThat(info.bootId()).isEqualTo(Integer.toUnsignedLong(line.device.bootId()));
            assertThat(info.channelsMax()).isEqualTo(64);
        }
    }

    @Test
    void resolvesByTheDevice() throws Exception {
        InetAddress one = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
        InetAddress two = InetAddress.getByAddress(new byte[] {10, 1, 2, 4});
        try (TestLine line =
                TestLine.open(device -> device.names(NameService.of(Map.of("two.test", List.of(one, two)))))) {
            assertThat(line.client.resolve("two.test").collectList().block(WAIT))
                    .containsExactly(one, two);
            assertThat(line.client.resolve("127.0.0.1").blockFirst(WAIT))
                    .isEqualTo(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        }
    }

    @Test
    void fetchesAPage() throws Exception {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .handle((request, response) -> response.send(Mono.just(Unpooled.wrappedBuffer(new byte[100_000]))))
                .bindNow();
        try (TestLine line = TestLine.open()) {
            byte[] body = get(line.client
                    .httpClient()
                    .get()
                    .uri("http://127.0.0.1:" + server.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asByteArray());
            assertThat(body).hasSize(100_000);
        } finally {
            server.disposeNow();
        }
    }
}
