package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InboundFluxTest {
    @Test
    void aMessageThatCannotBeConvertedEndsTheFluxAndTheChannel() {
        InboundFlux<Object> inbound = new InboundFlux<>(
                message -> {
                    throw new IllegalArgumentException("not " + message);
                },
                unread -> {});
        EmbeddedChannel channel = new EmbeddedChannel(inbound.handler());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        inbound.subscribe(item -> {}, failure::set);
        channel.writeInbound("that");
        assertThat(failure.get()).isInstanceOf(IllegalArgumentException.class).hasMessage("not that");
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }
}
