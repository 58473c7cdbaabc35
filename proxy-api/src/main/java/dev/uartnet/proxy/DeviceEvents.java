package dev.uartnet.proxy;

import dev.uartnet.codec.message.Event;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.time.Duration;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What a device says unasked, through all sessions of a client. */
final class DeviceEvents {
    private static final int BUFFERED_MAX = 256;
    /** Two sessions' event loops may meet for a moment. */
    private static final Duration OTHER_LOOP_MAX = Duration.ofMillis(10);

    private final Sinks.Many<Event> events = Sinks.many().multicast().directBestEffort();

    /** Hears what the device of this session says from now on. */
    void watch(Connection connection) {
        connection.channel().pipeline().addLast("events", new Reader());
    }

    private final class Reader extends SimpleChannelInboundHandler<Event> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Event event) {
            events.emitNext(event, Sinks.EmitFailureHandler.busyLooping(OTHER_LOOP_MAX));
        }
    }

    /** See {@link DeviceRequests#events}. */
    Flux<Event> of(int kind) {
        return events.asFlux()
                .filter(event -> event.event() == kind)
                .onBackpressureBuffer(BUFFERED_MAX, dropped -> {}, BufferOverflowStrategy.DROP_OLDEST);
    }
}
