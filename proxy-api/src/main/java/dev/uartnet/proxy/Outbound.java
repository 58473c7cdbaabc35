package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The other side of an {@link InboundFlux}: what is done with its channel. */
final class Outbound {
    private final InboundFlux<?> inbound;

    Outbound(InboundFlux<?> inbound) {
        this.inbound = inbound;
    }

    Channel channel() {
        return inbound.channel();
    }

    /**
     * Takes one item at a time: the next is asked for when the last was written, so that demand follows the channel's send buffer. Fails when
     * the channel is closed before the last one was written.
     *
     * @param write takes over the item when called, with {@link #write}
     */
    <T> Mono<Void> send(Publisher<? extends T> items, Function<? super T, Mono<Void>> write) {
        return Flux.from(items).concatMap(write, 0).takeUntilOther(closed()).then();
    }

    /** Writes at once, and completes when the channel has taken it. */
    Mono<Void> write(Object message) {
        return whenDone(channel().writeAndFlush(message));
    }

    static Mono<Void> whenDone(ChannelFuture future) {
        return Mono.create(sink -> future.addListener(done -> {
            if (done.isSuccess()) {
                sink.success();
            } else {
                sink.error(done.cause());
            }
        }));
    }

    /** Fails when the channel is closed, behind the writes that fail with it: they know better why. */
    private Mono<Void> closed() {
        return Mono.create(sink -> {
            ChannelFutureListener listener = closed -> {
                Runnable fail = () -> sink.error(inbound.closeCause());
                try {
                    channel().eventLoop().execute(fail);
                } catch (RejectedExecutionException gone) {
                    fail.run();
                }
            };
            ChannelFuture end = channel().closeFuture();
            end.addListener(listener);
            sink.onDispose(() -> end.removeListener(listener));
        });
    }

    Mono<Void> close() {
        return Mono.defer(() -> {
            inbound.closing();
            channel().close();
            return onClose();
        });
    }

    Mono<Void> reset() {
        return Mono.defer(() -> {
            inbound.closing();
            ChannelMono.reset(channel());
            return onClose();
        });
    }

    Mono<Void> onClose() {
        return Mono.create(sink -> {
            ChannelFutureListener listener = closed -> sink.success();
            ChannelFuture end = channel().closeFuture();
            end.addListener(listener);
            sink.onDispose(() -> end.removeListener(listener));
        });
    }
}
