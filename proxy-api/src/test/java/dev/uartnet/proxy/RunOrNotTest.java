package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.RequestGate;
import dev.uartnet.esp32.VirtualEsp32;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an error says of a request, 'may have run' or 'did not run', against what the device has seen of it. */
@Timeout(120)
class RunOrNotTest {
    private static final int CONNECTS = 150;
    private static final int ROUNDS = 15;

    /** Notes the ports that connects were for, answers none, and tells when so many have come. */
    private static final class Recorder implements RequestGate {
        final Set<Integer> ports = ConcurrentHashMap.newKeySet();
        final CompletableFuture<Void> enough = new CompletableFuture<>();
        private final AtomicInteger left;

        Recorder(int until) {
            left = new AtomicInteger(until);
        }

        @Override
        public CompletionStage<?> admit(int operation, List<@Nullable Object> args) {
            if (operation != Operation.TCP_CONNECT) {
                return CompletableFuture.completedFuture(null);
            }
            ports.add(args.stream()
                    .filter(Number.class::isInstance)
                    .map(arg -> ((Number) arg).intValue())
                    .filter(number -> number >= 10_000)
                    .findFirst()
                    .orElseThrow());
            if (left.decrementAndGet() == 0) {
                enough.complete(null);
            }
            return new CompletableFuture<>();
        }
    }

    @Test
    void whatDidNotRunWasNeverSeenByTheDevice() throws Exception {
        Random random = new Random(3);
        int ran = 0;
        int notRun = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Recorder recorder = new Recorder(1 + random.nextInt(CONNECTS));
            LinkConfig small = LinkConfig.device().withWindowFrames(1 + random.nextInt(8));
            try (ReplaceableLine line = new ReplaceableLine(
                    device -> device(device, small, recorder), connector -> connector.whileDown(WhileDown.FAIL))) {
                List<ChannelFuture> connects = new ArrayList<>();
                for (int i = 0; i < CONNECTS; i++) {
                    connects.add(line.client
                            .bootstrap(line.loops)
                            .disableResolver()
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(InetSocketAddress.createUnresolved("host.test", 10_000 + i)));
                }
                recorder.enough.get(20, TimeUnit.SECONDS);
                line.unplug();
                for (int i = 0; i < CONNECTS; i++) {
                    ChannelFuture connect = connects.get(i);
                    assertThat(connect.awaitUninterruptibly(20, TimeUnit.SECONDS))
                            .isTrue();
                    assertThat(connect.cause()).isInstanceOf(LinkLostException.class);
                    boolean mayHaveRun = ((LinkLostException) connect.cause()).mayHaveRun();
                    assertThat(connect.cause()).hasMessageContaining(mayHaveRun ? "may have run" : "did not run");
                    if (mayHaveRun) {
                        ran++;
                    } else {
                        notRun++;
                        assertThat(recorder.ports).doesNotContain(10_000 + i);
                    }
                }
            }
        }
        // Both kinds were there to be told apart.
        assertThat(ran).isPositive();
        assertThat(notRun).isPositive();
    }

    private static VirtualEsp32.Builder device(VirtualEsp32.Builder device, LinkConfig link, RequestGate gate) {
        return device.link(link).gate(gate).channels(CONNECTS);
    }
}
