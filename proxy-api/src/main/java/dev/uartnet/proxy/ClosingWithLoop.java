package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.util.concurrent.SingleThreadEventExecutor;

/** Closes a channel when its event loop shuts down: that closes the channels that it watches, and this one it does not know. */
final class ClosingWithLoop {
    private final Channel channel;
    private final Runnable hook;

    ClosingWithLoop(Channel channel) {
        this.channel = channel;
        hook = () -> channel.unsafe().close(channel.newPromise());
    }

    void registered() {
        if (channel.eventLoop() instanceof SingleThreadEventExecutor loop) {
            loop.addShutdownHook(hook);
        }
    }

    void deregistered() {
        if (channel.eventLoop() instanceof SingleThreadEventExecutor loop) {
            loop.removeShutdownHook(hook);
        }
    }
}
