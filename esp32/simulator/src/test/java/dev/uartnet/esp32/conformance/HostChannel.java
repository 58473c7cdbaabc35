package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's side of a connection. */
public final class HostChannel extends ChannelEnd {
    public static final int TCP_CONNECT = 16;

    /** Bytes that the device may still send. */
    private long granted;

    private int firstCredit;
    /** Bytes that we may still send. */
    private int credit;

    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean grantsBack;
    private boolean eof;

    public HostChannel(Host host, int number, int granted) {
        super(host, number);
        this.granted = granted;
    }

    public synchronized void opened(List<@Nullable Object> response) {
        local = Host.address(response.get(0), response.get(1));
        remote = Host.address(response.get(2), response.get(3));
        opened(Math.toIntExact((Long) response.get(4)));
    }

    synchronized void opened(ChannelAccept accept) {
        local = accept.local();
        remote = accept.remote();
        opened(accept.credit());
    }

    private void opened(int first) {
        firstCredit = first;
        credit += first; // more may have come already
        notifyAll();
    }

    public synchronized int firstCredit() {
        return firstCredit;
    }

    synchronized @Nullable InetSocketAddress local() {
        return local;
    }

    synchronized @Nullable InetSocketAddress remote() {
        return remote;
    }

    // What comes from the device, on the event loop

    @Override
    synchronized void onData(byte[] bytes) {
        granted -= bytes.length;
        if (granted < 0) {
            fail(new AssertionError("the device exceeded its credit by " + -granted));
        } else if (eof || isClosed()) {
            fail(new AssertionError("data behind the end of channel " + number()));
        }
        received.writeBytes(bytes);
        if (grantsBack) {
            grant(bytes.length);
        }
        notifyAll();
    }

    @Override
    synchronized void onCredit(int bytes) {
        credit += bytes;
        notifyAll();
    }

    @Override
    synchronized void onEof() {
        if (eof || isClosed()) {
            fail(new AssertionError("a second end of channel " + number()));
        }
        eof = true;
        notifyAll();
    }

    // What the test does

    @Override
    synchronized String state() {
        return "received " + received.size() + " bytes, credit " + credit + ", eof " + eof;
    }

    /** Sends bytes as the credit allows. */
    public void send(byte[] bytes) throws InterruptedException {
        if (!sendWhileOpen(bytes)) {
            throw new AssertionError("channel " + number() + " ended: " + awaitClose());
        }
    }

    /** Returns false if the device closes the channel before all is sent. */
    private boolean sendWhileOpen(byte[] bytes) throws InterruptedException {
        int sent = 0;
        while (sent < bytes.length) {
            int count;
            synchronized (this) {
                await("credit", () -> credit > 0 || isClosed());
                if (isClosed()) {
                    return false;
                }
                count = Math.min(Math.min(credit, FRAME_BYTES), bytes.length - sent);
                credit -= count;
            }
            sendWithoutCredit(Arrays.copyOfRange(bytes, sent, sent + count));
            sent += count;
        }
        return true;
    }

    public void sendWithoutCredit(byte[] bytes) {
        host().send(new ChannelData(number(), Unpooled.wrappedBuffer(bytes)));
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
        host().send(new ChannelCredit(number(), bytes));
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

    /** Waits for bytes, or the end, and returns what has come since the last call: empty at either end. */
    private byte[] receiveSome() throws InterruptedException {
        await("bytes, or their end", () -> received.size() > 0 || hasEnded());
        synchronized (this) {
            byte[] all = received.toByteArray();
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
        return eof || isClosed();
    }

    public void sendEof() {
        host().send(new ChannelEof(number()));
    }

    /** An application that sends back what comes, to its end, and closes. What goes wrong fails the channel. */
    void echo() {
        Thread thread = new Thread(this::echoToTheEnd, "echo-" + number());
        thread.setDaemon(true);
        thread.start();
    }

    private void echoToTheEnd() {
        try {
            byte[] some = receiveSome();
            while (some.length > 0 && sendWhileOpen(some)) {
                grant(some.length);
                some = receiveSome();
            }
            sendEof();
            awaitClose();
            sendClose();
        } catch (InterruptedException | AssertionError e) {
            fail(e);
        }
    }
}
