package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.proxy.board.DeviceFiles;
import dev.uartnet.proxy.board.InputPin;
import dev.uartnet.proxy.board.PinEdge;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a bad line must not change. */
abstract class NoisyPrograms extends BoardPrograms {
    NoisyPrograms(TestBoard.Start start) {
        super(start);
    }

    @Test
    void aFileComesThroughBothWays() {
        DeviceFiles files = client().files();
        byte[] contents = new byte[100_000];
        new Random(1).nextBytes(contents);
        assertThat(files.write("/large", contents).block(Programs.LONG)).isEqualTo(contents.length);
        assertThat(files.readAll("/large").block(Programs.LONG)).isEqualTo(contents);
    }

    @Test
    void everyEdgeArrivesInOrder() throws Exception {
        int count = 400;
        InputPin input = get(client().pins().input(4));
        CompletableFuture<List<PinEdge>> edges =
                input.edges().take(count).collectList().toFuture();
        run(client().ping());
        bench().edges(4, count, Duration.ofMillis(5));
        List<PinEdge> all = edges.get(60, TimeUnit.SECONDS);
        assertThat(all).extracting(PinEdge::lost).containsOnly(0L);
        for (int i = 0; i < count; i++) {
            assertThat(all.get(i).level()).isEqualTo(i % 2 == 0);
        }
    }
}
