package dev.uartnet.proxy;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A channel without a descriptor: its socket is the device's. No event loop has to watch it, so any will do; its addresses are those that the device
 * tells; and when the socket is gone, what still waits fails with the reason.
 */
abstract class UnwatchedChannel extends AbstractChannel {
    private final ClosingWithLoop closing = new ClosingWithLoop(this);

    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;

    /** Why the device's socket is gone. On the event loop. */
    private @Nullable IOException failure;

    UnwatchedChannel(@Nullable Channel parent) {
        super(parent);
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        closing.registered();
        promise.setSuccess();
    }

    @Override
    protected void doDeregister() {
        closing.deregistered();
    }

    /** Runs a task on the channel's loop; here and now if it has none yet. */
    final void onOwnLoop(Runnable task) {
        if (!isRegistered() || eventLoop().inEventLoop()) {
            task.run();
        } else {
            eventLoop().execute(task);
        }
    }

    // ---- addresses: not those that AbstractChannel keeps, which would never change

    /** Returns the device's own address; of a stream that is not connected yet, what it was bound to; else null. */
    @Override
    public @Nullable InetSocketAddress localAddress() {
        return local;
    }

    /** Returns whom the channel is connected to, or null. */
    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return remote;
    }

    final void setLocalAddress(@Nullable InetSocketAddress address) {
        local = address;
    }

    final void setRemoteAddress(@Nullable InetSocketAddress address) {
        remote = address;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    // ---- the end

    /** The device's socket is gone. Null: in good order. */
    final void setFailure(@Nullable IOException cause) {
        failure = cause;
    }

    final boolean hasFailed() {
        return failure != null;
    }

    /** Closes with what made the socket go. */
    abstract class UnwatchedUnsafe extends AbstractUnsafe {
        @Override
        public void close(ChannelPromise promise) {
            IOException cause = failure;
            if (cause == null) {
                super.close(promise);
                return;
            }
            ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(cause);
            close(promise, cause, closed);
        }

        /** Goes on with writes that waited. */
        final void flushWaiting() {
            flush0();
        }
    }
}
