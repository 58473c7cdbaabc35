package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.request.RequestHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries many proxied channels over one link: gives them their numbers, hands them what arrives, and lets them send in turns, a
 * frame each (PROTOCOL.md, section 9).
 *
 * <p>Everything here and in {@link ProxiedChannel}s runs on the link's event loop.
 */
final class ChannelMultiplexer extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ChannelMultiplexer.class);

    /** The host's channels have even numbers, the largest is 65,534. */
    private static final int CHANNELS_MAX = 32_768;

    private final IntSupplier payloadBytes;
    private final IntObjectMap<ProxiedChannel> channels = new IntObjectHashMap<>();
    private final BitSet numbers = new BitSet();
    private final BitSet blobNumbers = new BitSet();
    /** Those that have bytes and credit, in the order of their turns. */
    private final ArrayDeque<ProxiedChannel> ready = new ArrayDeque<>();

    /** How many channels there are, and are about to be; for other threads. */
    private final AtomicInteger sockets = new AtomicInteger();

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
        var all = new ArrayList<>(channels.values());
        channels.clear();
        for (ProxiedChannel channel : all) {
            channel.linkLost(cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof Message message)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (message instanceof ChannelAccept accept) {
            accepted(accept);
            return;
        }
        int number = channelOf(message);
        if (number < 0) {
            ctx.fireChannelRead(msg);
            return;
        }
        ProxiedChannel channel = channels.get(number);
        if (channel == null) {
            unknown(message, number);
        } else {
            channel.receive(message);
        }
    }

    private void accepted(ChannelAccept accept) {
        int number = accept.channel();
        if (number % 2 == 0 || channels.containsKey(number)) {
            violated("a connection came in as channel " + number + ", which cannot be its number");
            return;
        }
        ProxiedStream stream =
                channels.get(accept.listener()) instanceof ProxiedListener listener ? listener.accept(accept) : null;
        if (stream != null) {
            channels.put(number, stream);
            sockets.incrementAndGet();
        } else {
            // The listener was closed meanwhile. What else comes for the channel is unknown, and the device's own end
            // of it.
            sendNow(new ChannelClose(number, ErrorCode.CONNECTION_ABORTED, "nobody listens any more", null));
        }
    }

    /** The channel that a message is for; -1: none, it is something else. */
    private static int channelOf(Message message) {
        if (message instanceof ChannelData data) {
            return data.channel();
        } else if (message instanceof ChannelDatagram datagram) {
            return datagram.channel();
        } else if (message instanceof ChannelCredit credit) {
            return credit.channel();
        } else if (message instanceof ChannelEof eof) {
            return eof.channel();
        } else if (message instanceof ChannelClose close) {
            return close.channel();
        } else if (message instanceof Event event && isOfChannel(event.event())) {
            return !event.args().isEmpty() && event.args().get(0) instanceof Number number ? number.intValue() : -1;
        }
        return -1;
    }

    /** Returns whether an event's first argument is a channel. */
    private static boolean isOfChannel(int event) {
        return event == EventKind.DROPPED || event == EventKind.DATAGRAM_FAILED;
    }

    /** The device has opened what a request asked for. */
    void opened(int channel, List<@Nullable Object> results) {
        ProxiedChannel opening = channels.get(channel);
        if (opening != null) {
            opening.opened(results);
        }
    }

    /** The device has answered such a request with an error. */
    void refused(int channel, ErrorResponse error) {
        ProxiedChannel opening = channels.get(channel);
        if (opening != null) {
            opening.refused(error);
        }
    }

    private void unknown(Message message, int channel) {
        log.debug(
                "{} ignored a message for the unknown channel {}: {}", context().channel(), channel, message);
        ReferenceCountUtil.release(message);
    }

    /** Gives a channel the lowest free number; -1 if all are in use. */
    int add(ProxiedChannel channel) {
        int index = numbers.nextClearBit(0);
        if (index >= CHANNELS_MAX) {
            return -1;
        }
        numbers.set(index);
        channels.put(2 * index, channel);
        return 2 * index;
    }

    /** Makes a number free for the next channel. */
    void remove(int number) {
        if (number % 2 == 0) {
            numbers.clear(number / 2);
        }
        if (channels.remove(number) != null) {
            sockets.decrementAndGet();
        }
    }

    /** A socket is about to be asked for, by {@link ProxiedChannel#open}: it counts from now on. From any thread. */
    void announce() {
        sockets.incrementAndGet();
    }

    /** The same, if there are still as many as that. Returns whether it counts. */
    boolean announce(int seen) {
        return sockets.compareAndSet(seen, seen + 1);
    }

    /** It has got no channel. */
    void withdraw() {
        sockets.decrementAndGet();
    }

    /** Returns how many of the device's sockets are in use, or are about to be. From any thread. */
    int sockets() {
        return sockets.get();
    }

    /** Returns how many bytes of payload a frame had best have now. */
    int payloadBytes() {
        return payloadBytes.getAsInt();
    }

    /** Returns a place for what one request needs on the device. */
    Blobs blobs() {
        return new Blobs(this, blobNumbers);
    }

    /** Returns how many bytes of this channel a frame had best carry now. */
    int dataBytesMax(int number) {
        return payloadBytes.getAsInt() - (number < 128 ? 6 : number < 256 ? 7 : 8);
    }

    /** Puts a channel that can send at the end of the queue of turns. */
    void ready(ProxiedChannel channel) {
        ready.add(channel);
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
                    ProxiedChannel next = ready.remove();
                    if (next.sendFrame()) {
                        ready.add(next);
                    }
                } while (!ready.isEmpty() && ctx.channel().isWritable());
                ctx.flush();
            }
        } finally {
            sending = false;
        }
    }

    /** Writes a message, in its channel's turn. */
    void write(Message message) {
        context().write(message, nobody());
    }

    /** Sends a message at once, whatever waits for its turn. */
    void sendNow(Message message) {
        context().writeAndFlush(message, nobody());
    }

    /** That a message could not be sent, its sender learns by the end of the session: nobody waits for the write. */
    private ChannelPromise nobody() {
        return context().channel().unsafe().voidPromise();
    }

    /** The device has broken the protocol. */
    void violated(String what) {
        context().writeAndFlush(new LinkReset(ResetReason.PROTOCOL, what));
    }
}
