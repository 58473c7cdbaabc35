package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** Records a pipeline's events by name, and the bytes read; in queues without locks, as it runs on event loops. */
final class EventLog extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> events = new LinkedTransferQueue<>();
    private final BlockingQueue<Throwable> exceptions = new LinkedTransferQueue<>();
    private final BlockingQueue<byte[]> reads = new LinkedTransferQueue<>();

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        events.add("registered");
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        events.add("unregistered");
        ctx.fireChannelUnregistered();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        events.add("active");
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        events.add("read");
        reads.add(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        events.add("readComplete");
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        events.add(ctx.channel().isWritable() ? "writable" : "unwritable");
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        events.add("exception " + cause.getClass().getSimpleName());
        exceptions.add(cause);
    }

    /** All events until and with {@code last}. */
    List<String> eventsUntil(String last) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        String event;
        do {
            event = events.poll(10, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no '" + last + "' within 10 s after " + seen);
            }
            seen.add(event);
        } while (!event.equals(last));
        return seen;
    }

    Throwable exception() throws InterruptedException {
        Throwable cause = exceptions.poll(10, TimeUnit.SECONDS);
        if (cause == null) {
            throw new AssertionError("no exception within 10 s");
        }
        return cause;
    }

    /** One message. */
    byte[] read() throws InterruptedException {
        byte[] bytes = reads.poll(10, TimeUnit.SECONDS);
        if (bytes == null) {
            throw new AssertionError("nothing read within 10 s");
        }
        return bytes;
    }

    boolean nothingRead() {
        return reads.isEmpty();
    }

    /** Messages until {@code length} bytes have come. */
    byte[] read(int length) throws InterruptedException {
        byte[] all = new byte[length];
        int have = 0;
        while (have < length) {
            byte[] next = read();
            System.arraycopy(next, 0, all, have, next.length);
            have += next.length;
        }
        return all;
    }
}
