package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a channel of any kind, which holds the device to the rules of section 9. What the device does against them fails
 * the next call that waits.
 */
public abstract class ChannelEnd {
    static final int FRAME_BYTES = 1000;

    private final Host host;
    private final int number;
    private @Nullable ChannelClose close;
    private boolean closeSent;
    private @Nullable Throwable failure;

    ChannelEnd(Host host, int number) {
        this.host = host;
        this.number = number;
    }

    Host host() {
        return host;
    }

    public int number() {
        return number;
    }

    // What comes from the device, on the event loop

    void onData(byte[] bytes) {
        fail(new AssertionError("CHANNEL_DATA for channel " + number));
    }

    void onDatagram(ChannelDatagram piece) {
        fail(new AssertionError("CHANNEL_DATAGRAM for channel " + number));
    }

    void onAccept(ChannelAccept accept) {
        fail(new AssertionError("CHANNEL_ACCEPT for channel " + number));
    }

    void onCredit(int credit) {
        fail(new AssertionError("CHANNEL_CREDIT for channel " + number));
    }

    void onEof() {
        fail(new AssertionError("CHANNEL_EOF for channel " + number));
    }

    synchronized void onClose(ChannelClose closed) {
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

    /** What the message of a wait in vain says about the state. */
    abstract String state();

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        await(what, condition, Duration.ofSeconds(ConformanceTest.SECONDS));
    }

    private synchronized void await(String what, BooleanSupplier condition, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (failure == null && !condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(
                        "channel " + number + ": no " + what + " within " + most + "; " + state() + ", close " + close);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (failure != null) {
            throw new AssertionError("channel " + number, failure);
        }
    }

    /** Whether the device has sent its CHANNEL_CLOSE. */
    synchronized boolean isClosed() {
        return close != null;
    }

    synchronized boolean isCloseSent() {
        return closeSent;
    }

    /** Whether both have sent their CHANNEL_CLOSE: the number is free. */
    synchronized boolean isOver() {
        return closeSent && close != null;
    }

    public ChannelClose awaitClose() throws InterruptedException {
        return awaitClose(Duration.ZERO);
    }

    /** @param before the earliest that it may come */
    ChannelClose awaitClose(Duration before) throws InterruptedException {
        await("CHANNEL_CLOSE", () -> close != null, before.plusSeconds(ConformanceTest.SECONDS));
        synchronized (this) {
            ChannelClose closed = close;
            assertThat(closed).isNotNull();
            return closed;
        }
    }

    public void sendClose() {
        sendClose(ChannelClose.orderly(number));
    }

    public void sendClose(ErrorCode code) {
        sendClose(new ChannelClose(number, code, "given up", null));
    }

    private void sendClose(ChannelClose message) {
        synchronized (this) {
            closeSent = true; // before an answer can come
            host.send(message);
            notifyAll();
        }
    }
}
