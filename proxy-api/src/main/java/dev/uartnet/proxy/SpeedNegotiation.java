package dev.uartnet.proxy;

import dev.uartnet.codec.link.SpeedChange;
import dev.uartnet.codec.link.SpeedChangeException;
import dev.uartnet.codec.link.SpeedChanged;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Brings the sessions of one client to the fastest speed that their line carries: each begins at the device's own speed and agrees on a
 * faster one, from the fastest down. What has failed once is not tried again. A device that cannot change its speed, or refuses
 * them all, stays as it is: no error.
 *
 * <p>In a session: AGREEING (down the list) → RUNNING. When nothing is heard any more the link itself goes back to the first speed: SUSPECT.
 * If the device answers there, it was the speed, not the device: then AGREEING again, below that speed. Otherwise the session ends, and
 * nothing is held against the speed.
 */
final class SpeedNegotiation {
    private static final Logger log = LoggerFactory.getLogger(SpeedNegotiation.class);

    private final List<Integer> fastestFirst;
    private final Set<Integer> failed = ConcurrentHashMap.newKeySet();

    SpeedNegotiation(List<Integer> fastestFirst) {
        this.fastestFirst = fastestFirst;
    }

    /**
     * Speeds up a session that has just begun.
     *
     * @return the connection at whatever speed it has then; fails with its end. Cancelling closes it.
     */
    Mono<Connection> speedUp(Connection connection) {
        if (fastestFirst.isEmpty()) {
            return Mono.just(connection);
        }
        return Mono.create(sink -> {
            sink.onCancel(connection::close);
            connection.onEnd(sink::error);
            Channel channel = connection.channel();
            channel.eventLoop().execute(() -> {
                if (channel.isActive()) {
                    InSession session = new InSession(connection, sink);
                    channel.pipeline().addAfter("message", "speed", session);
                    session.agree(connection.link().baudRate());
                }
            });
        });
    }

    /** One session's part; on its event loop. */
    private final class InSession extends ChannelInboundHandlerAdapter {
        private final Connection connection;
        private final MonoSink<Connection> sink;
        private int baud;
        private int suspect;

        InSession(Connection connection, MonoSink<Connection> sink) {
            this.connection = connection;
            this.sink = sink;
            baud = connection.link().baudRate();
        }

        /** Tries the next speed that has not failed. */
        void agree(int slowest) {
            Integer next = next(slowest);
            if (next == null) {
                sink.success(connection);
                return;
            }
            connection.channel().writeAndFlush(new SpeedChange(next)).addListener(changed -> {
                Throwable cause = changed.cause();
                if (cause == null) {
                    sink.success(connection);
                } else {
                    log.debug("{}: {}", connection.channel(), cause.getMessage());
                    if (isOfTheSpeed(cause)) {
                        failed.add(next);
                        agree(slowest);
                    } else {
                        sink.success(connection); // if the session has ended, it has failed by now
                    }
                }
            });
        }

        private @Nullable Integer next(int slowest) {
            for (Integer speed : fastestFirst) {
                if (speed > slowest && !failed.contains(speed)) {
                    return speed;
                }
            }
            return null;
        }

        private boolean isOfTheSpeed(Throwable cause) {
            return cause instanceof SpeedChangeException known
                    && switch (known.reason()) {
                        case REFUSED, NOT_POSSIBLE, NOT_HEARD -> true;
                        case NOT_OFFERED, IN_PROGRESS, NO_ANSWER, SESSION_ENDED -> false;
                    };
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SpeedChanged changed) {
                switch (changed.reason()) {
                    case REQUESTED -> {}
                    case ERRORS -> failed.add(baud);
                    case SILENCE -> suspect = baud;
                }
                if (changed.reason() != SpeedChanged.Reason.REQUESTED) {
                    log.info("{}: {} baud, after {} baud: {}", ctx.channel(), changed.baud(), baud, changed.reason());
                }
                baud = changed.baud();
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (suspect != 0) {
                failed.add(suspect);
                suspect = 0;
                agree(baud);
            }
            ctx.fireChannelRead(message);
        }
    }
}
