package dev.uartnet.transport;

import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Every kind of event loop that a channel may run on. */
enum EventLoops {
    NIO {
        @Override
        EventLoopGroup create(int threads) {
            return multiThread(threads, NioIoHandler.newFactory());
        }
    },
    EPOLL {
        @Override
        EventLoopGroup create(int threads) {
            return multiThread(threads, EpollIoHandler.newFactory());
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return Epoll.unavailabilityCause();
        }
    },
    IO_URING {
        @Override
        EventLoopGroup create(int threads) {
            return multiThread(threads, IoUringIoHandler.newFactory());
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return IoUring.unavailabilityCause();
        }
    },
    DEFAULT {
        @Override
        @SuppressWarnings("deprecation") // still in use, by embedders
        EventLoopGroup create(int threads) {
            return new DefaultEventLoopGroup(threads);
        }
    };

    static {
        Blocking.install();
    }

    abstract EventLoopGroup create(int threads);

    /** Why this kind cannot be had here; null if it can. */
    @Nullable
    Throwable whyNot() {
        return null;
    }

    /** A new group; skips the test, with the reason, where the kind cannot be had. */
    EventLoopGroup newGroup(int threads) {
        Throwable reason = whyNot();
        Assumptions.assumeTrue(reason == null, () -> this + " is not available: " + reason);
        return create(threads);
    }

    private static EventLoopGroup multiThread(int threads, IoHandlerFactory factory) {
        return new MultiThreadIoEventLoopGroup(threads, factory);
    }
}
