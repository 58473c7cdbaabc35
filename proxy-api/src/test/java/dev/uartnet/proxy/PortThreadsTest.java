package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.resources.LoopResources;

/** The event loops that a client has by default. */
@Timeout(60)
class PortThreadsTest {
    @Test
    void withNativeEventLoopsAPortHasNoThreads() throws Exception {
        Assumptions.assumeTrue(LoopResources.hasNativeSupport(), "no epoll");
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            String port = device.servePty();
            ProxyClient client = TestLine.get(ProxyClient.connect(port));
            TestLine.get(client.ping());
            assertThat(threadsOf(port)).isEmpty();
            client.close().block(TestLine.WAIT);
        }
    }

    private static List<String> threadsOf(String port) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.equals("uart-read-" + port) || name.equals("uart-write-" + port))
                .toList();
    }
}
