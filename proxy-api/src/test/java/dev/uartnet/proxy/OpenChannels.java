package dev.uartnet.proxy;

/** The device's side of closed sockets. */
final class OpenChannels {
    private OpenChannels() {}

    /** Waits until the device has no channel left, which takes a round trip or two; fails after {@link TestLine#WAIT}. */
    static void awaitNone(ProxyClient client) {
        client.info()
                .repeat()
                .takeUntil(info -> Integer.valueOf(0).equals(info.channels()))
                .blockLast(TestLine.WAIT);
    }
}
