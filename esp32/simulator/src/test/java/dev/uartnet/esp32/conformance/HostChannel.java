package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The host's side of one channel, which holds the device to the rules of section 9. */
public final class HostChannel {
    public static final int TCP_CONNECT = 16;
    private static final int FRAME_BYTES = 1000;

    private final Host host;
    private final int number;
    /** Bytes that the device may still send. */
    private long granted;

    private int firstCredit;
    /** Bytes that we may still send. */
    private int credit;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean grantsBack;
    private boolean eof;
    private @Nullable ChannelClose close;
    private @Nullable Throwable failure;

    public HostChannel(Host host, int number, int granted) {
        this.host = host;
        this.number = number;
        this.granted = granted;
    }

    public synchronized void opened(List<@Nullable Object> response) {
        firstCredit = Math.toIntExact((Long) response.get(4));
        credit += firstCredit; // more may have come already
        notifyAll();
    }

    public int number() {
        return number;
    }

    public synchronized int firstCredit() {
        return firstCredit;
    }

    // What comes from the device, on the event loop

    public synchronized void onData(byte[] bytes) {
        granted -= bytes.length;
        if (granted < 0) {
            fail(new AssertionError("the device exceeded its credit by " + -granted));
        } else if (eof || close != null) {
            fail(new AssertionError("data behind the end of channel " + number));
        }
        received.writeBytes(bytes);
        if (grantsBack) {
            grant(bytes.length);
        }
        notifyAll();
    }

    public synchronized void onCredit(int bytes) {
        credit += bytes;
        notifyAll();
    }

    public synchronized void onEof() {
        if (eof || close != null) {
            fail(new AssertionError("a second end of channel " + number));
        }
        eof = true;
        notifyAll();
    }

    public synchronized void onClose(ChannelClose closed) {
        if (close != null) {
            fail(new AssertionError("a second CHANNEL_CLOSE of channel " + number));
        }
        close = closed;
        notifyAll();
    }

    public synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    // What the test does

    private synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ConformanceTest.SECONDS);
        while (failure == null && !condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("channel " + number + ": no " + what + " within " + ConformanceTest.SECONDS
                        + " s; received " + received.size() + " bytes, credit " + credit + ", eof " + eof
                        + ", close " + close);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (failure != null) {
            throw new AssertionError("channel " + number, failure);
        }
    }

    /** Sends bytes as the credit allows. */
    public void send(byte[] bytes) throws InterruptedException {
        int sent = 0;
        while (sent < bytes.length) {
            int count;
            synchronized (this) {
                await("credit", () -> credit > 0);
                count = Math.min(Math.min(credit, FRAME_BYTES), bytes.length - sent);
                credit -= count;
            }
            sendWithoutCredit(Arrays.copyOfRange(bytes, sent, sent + count));
            sent += count;
        }
    }

    public void sendWithoutCredit(byte[] bytes) {
        host.send(new ChannelData(number, Unpooled.wrappedBuffer(bytes)));
    }

    public void awaitCredit(int bytes) throws InterruptedException {
        await("credit of " + bytes, () -> credit >= bytes);
    }

    public void awaitReceived(int bytes) throws InterruptedException {
        await(bytes + " bytes", () -> received.size() >= bytes);
    }

    public synchronized int credit() {
        return credit;
    }

    public synchronized void grant(int bytes) {
        granted += bytes;
        host.send(new ChannelCredit(number, bytes));
    }

    /** From now on, what is received is granted again. */
    public synchronized void grantBack() {
        grantsBack = true;
        notifyAll();
    }

    /** Waits for so many bytes in total since the last call, and returns them. */
    public byte[] receive(int bytes) throws InterruptedException {
        awaitReceived(bytes);
        synchronized (this) {
            byte[] all = received.toByteArray();
            assertThat(all).hasSize(bytes);
            received.reset();
            return all;
        }
    }

    public synchronized int receivedBytes() {
        return received.size();
    }

    public byte[] receiveAll() throws InterruptedException {
        awaitEof();
        synchronized (this) {
            return received.toByteArray();
        }
    }

    public void awaitEof() throws InterruptedException {
        await("CHANNEL_EOF", () -> eof);
    }

    public synchronized boolean hasEnded() {
        return eof || close != null;
    }

    public ChannelClose awaitClose() throws InterruptedException {
        await("CHANNEL_CLOSE", () -> close != null);
        synchronized (this) {
            ChannelClose closed = close;
            assertThat(closed).isNotNull();
            return closed;
        }
    }

    public void sendEof() {
        host.send(new ChannelEof(number));
    }

    public void sendClose() {
        host.send(ChannelClose.orderly(number));
    }

    public void sendClose(ErrorCode code) {
        host.send(new ChannelClose(number, code, "given up", null));
    }
}
