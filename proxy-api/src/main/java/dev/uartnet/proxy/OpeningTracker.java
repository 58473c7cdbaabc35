package dev.uartnet.proxy;

import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * Tells the multiplexer what the device answered to each TCP_CONNECT, also when nobody waits for the answer any more: a connection
 * that came about after its request was cancelled or timed out must be closed, or it would stay open on the device.
 *
 * <p>Stands in front of the {@link dev.uartnet.codec.request.RequestHandler}, which drops such answers.
 */
final class OpeningTracker extends ChannelDuplexHandler {
    private final ChannelMultiplexer multiplexer;
    private final IntObjectMap<Integer> channelOfRequest = new IntObjectHashMap<>();

    OpeningTracker(ChannelMultiplexer multiplexer) {
        this.multiplexer = multiplexer;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof Request request) {
            if (opens(request.operation()) && request.args().get(0) instanceof Integer channel) {
                channelOfRequest.put(request.id(), channel);
            } else {
                // An id is used again; its last request may have failed before it was sent.
                channelOfRequest.remove(request.id());
            }
        }
        ctx.write(msg, promise);
    }

    private static boolean opens(int operation) {
        return switch (operation) {
            case Operation.TCP_CONNECT,
                    Operation.TCP_LISTEN,
                    Operation.UDP_BIND,
                    Operation.TLS_CONNECT,
                    Operation.TLS_LISTEN -> true;
            default -> false;
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Response response) {
            Integer channel = channelOfRequest.remove(response.id());
            if (channel != null) {
                multiplexer.opened(channel, response.results());
            }
        } else if (msg instanceof ErrorResponse error) {
            Integer channel = channelOfRequest.remove(error.id());
            if (channel != null) {
                multiplexer.refused(channel, error);
            }
        }
        ctx.fireChannelRead(msg);
    }
}
