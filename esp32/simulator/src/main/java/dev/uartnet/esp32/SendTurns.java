package dev.uartnet.esp32;

import java.util.ArrayDeque;

/** Channels that hold bytes for the host take turns, a frame each (PROTOCOL.md, section 9, fairness). */
final class SendTurns {
    private final ArrayDeque<DeviceChannel> waiting = new ArrayDeque<>();

    /** A channel has a frame to send. */
    void join(DeviceChannel channel) {
        waiting.add(channel);
    }

    /** A channel is over. */
    void leave(DeviceChannel channel) {
        waiting.remove(channel);
    }

    /** Lets the next channel send its frame; false if none has one. */
    boolean next() {
        DeviceChannel channel = waiting.poll();
        if (channel == null) {
            return false;
        }
        channel.sendFrame();
        return true;
    }
}
