package dev.uartnet.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;

/** The event loops of Netty's epoll transport, which need not be there. */
final class EpollLoops {
    private EpollLoops() {}

    static boolean contain(EventLoop loop) {
        try {
            return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(EpollIoHandle.class);
        } catch (NoClassDefFoundError e) { // no netty-transport-classes-epoll: no such event loop
            return false;
        }
    }
}
