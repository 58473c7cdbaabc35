package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.request.RequestHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries many proxied channels over one link: gives them their numbers, hands them what arrives, and lets them send in turns, a
 * frame each (PROTOCOL.md, section 9).
 *
 * <p>Everything here and in {@link ProxiedStream} runs on the link's event loop.
 */
final class ChannelMultiplexer extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ChannelMultiplexer.class);

    /** The host's channels have even numbers, the largest is 65,534. */
    private static final int STREAMS_MAX = 32_768;

    private final IntSupplier payloadBytes;
    private final IntObjectMap<ProxiedStream> streams = new IntObjectHashMap<>();
    private final BitSet numbers = new BitSet();
    /** Streams that have bytes and credit, in the order of their turns. */
    private final ArrayDeque<ProxiedStream> ready = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable RequestHandler requests;
    private @Nullable LinkLostException lost;
    private boolean sending;

    /** @param payloadBytes the size that a frame's payload had best have at that moment; asked on the link's event loop */
    ChannelMultiplexer(IntSupplier payloadBytes) {
        this.payloadBytes = payloadBytes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        requests = ctx.pipeline().get(RequestHandler.class);
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext ctx = this.ctx;
        if (ctx == null) {
            throw new IllegalStateException("the link's pipeline is not set up yet");
        }
        return ctx;
    }

    RequestHandler requests() {
        RequestHandler requests = this.requests;
        if (requests == null) {
            throw new IllegalStateException("the link's pipeline has no RequestHandler");
        }
        return requests;
    }

    /** Returns why nothing can be opened any more, or null. */
    @Nullable
    LinkLostException lost() {
        return lost;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LinkEstablished established) {
            int maxPayload = established.session().maxPayload();
            // Four full frames keep the line busy; more would only make those wait that come later.
            ctx.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(2 * maxPayload, 4 * maxPayload));
        } else if (event instanceof LinkLost link) {
            linkLost(link.cause());
        }
        ctx.fireUserEventTriggered(event);
    }

    private void linkLost(LinkLostException cause) {
        lost = cause;
        ready.clear();
        var all = new ArrayList<>(streams.values());
        streams.clear();
        for (ProxiedStream stream : all) {
            stream.linkLost(cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof Message message)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (message instanceof ChannelData data) {
            ProxiedStream stream = streams.get(data.channel());
            if (stream == null) {
                unknown(message, data.channel());
            } else {
                stream.receive(data.content());
            }
        } else if (message instanceof ChannelCredit credit) {
            ProxiedStream stream = streams.get(credit.channel());
            if (stream == null) {
                unknown(message, credit.channel());
            } else {
                stream.credit(credit.credit());
            }
        } else if (message instanceof ChannelEof eof) {
            ProxiedStream stream = streams.get(eof.channel());
            if (stream == null) {
                unknown(message, eof.channel());
            } else {
                stream.receiveEof();
            }
        } else if (message instanceof ChannelClose close) {
            ProxiedStream stream = streams.get(close.channel());
            if (stream == null) {
                unknown(message, close.channel());
            } else {
                stream.receiveClose(close);
            }
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** The device has opened the connection of a TCP_CONNECT. */
    void opened(int channel, List<@Nullable Object> results) {
        ProxiedStream stream = streams.get(channel);
        if (stream != null) {
            stream.opened(results);
        }
    }

    /** The device has answered a TCP_CONNECT with an error. */
    void refused(int channel, ErrorResponse error) {
        ProxiedStream stream = streams.get(channel);
        if (stream != null) {
            stream.refused(error);
        }
    }

    private void unknown(Message message, int channel) {
        log.debug(
                "{} ignored a message for the unknown channel {}: {}", context().channel(), channel, message);
        ReferenceCountUtil.release(message);
    }

    /** Gives a stream the lowest free number; -1 if all are in use. */
    int add(ProxiedStream stream) {
        int index = numbers.nextClearBit(0);
        if (index >= STREAMS_MAX) {
            return -1;
        }
        numbers.set(index);
        streams.put(2 * index, stream);
        return 2 * index;
    }

    /** Makes a number free for the next stream. */
    void remove(int number) {
        numbers.clear(number / 2);
        streams.remove(number);
    }

    /** Returns how many bytes of this channel a frame had best carry now. */
    int dataBytesMax(int number) {
        return payloadBytes.getAsInt() - (number < 128 ? 6 : number < 256 ? 7 : 8);
    }

    /** Puts a stream that can send at the end of the queue of turns. */
    void ready(ProxiedStream stream) {
        ready.add(stream);
        send();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            send();
        }
        ctx.fireChannelWritabilityChanged();
    }

    /** Sends frames in turns for as long as the link takes them. */
    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        try {
            ChannelHandlerContext ctx = context();
            while (!ready.isEmpty() && ctx.channel().isWritable()) {
                do {
                    ProxiedStream stream = ready.remove();
                    if (stream.sendFrame()) {
                        ready.add(stream);
                    }
                } while (!ready.isEmpty() && ctx.channel().isWritable());
                ctx.flush();
            }
        } finally {
            sending = false;
        }
    }

    /** Sends a message at once, whatever waits for its turn. */
    void sendNow(Message message) {
        context().writeAndFlush(message);
    }

    /** The device has broken the protocol. */
    void violated(String what) {
        context().writeAndFlush(new LinkReset(ResetReason.PROTOCOL, what));
    }
}
