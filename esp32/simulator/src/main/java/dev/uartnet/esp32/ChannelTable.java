package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The channels of a session by their numbers, as many as the device has sockets. */
final class ChannelTable {
    private final IntObjectMap<DeviceChannel> channels = new IntObjectHashMap<>();
    private final List<TcpListener> listeners = new ArrayList<>();
    private final int max;
    /** Sockets that have no number yet: accepted ones whose handshake runs. */
    private int nameless;

    ChannelTable(int max) {
        this.max = max;
    }

    @Nullable
    DeviceChannel get(int number) {
        return channels.get(number);
    }

    int size() {
        return channels.size();
    }

    List<DeviceChannel> all() {
        return new ArrayList<>(channels.values());
    }

    /** Whether the device has a socket left. */
    boolean hasRoom() {
        return channels.size() + nameless < max;
    }

    /** Adds a channel that the host opens. */
    void open(DeviceChannel channel) throws DeviceException {
        int number = channel.number();
        if (number % 2 != 0) {
            throw DeviceException.badRequest("channel", "a host opens even numbers");
        }
        if (channels.containsKey(number)) {
            throw new DeviceException(ErrorCode.CHANNEL_IN_USE, "channel " + number + " is in use");
        }
        if (!hasRoom()) {
            throw new DeviceException(ErrorCode.NO_RESOURCES, "all " + max + " channels are in use");
        }
        channels.put(number, channel);
        if (channel instanceof TcpListener listener) {
            listeners.add(listener);
        }
        roomChanged();
    }

    /** An accepted socket takes up its place, before it has a number. */
    void holdPlace() {
        nameless++;
        roomChanged();
    }

    /** It has failed. */
    void freePlace() {
        nameless--;
        roomChanged();
    }

    /** The number that it gets. */
    int lowestOfDevice() {
        int number = 1;
        while (channels.containsKey(number)) {
            number += 2;
        }
        return number;
    }

    /** It has got its number. */
    void accept(DeviceChannel channel) {
        nameless--;
        channels.put(channel.number(), channel);
    }

    @SuppressWarnings("ReferenceEquality") // it, or one that has its number since
    void remove(DeviceChannel channel) {
        if (channels.get(channel.number()) == channel) {
            channels.remove(channel.number());
            if (channel instanceof TcpListener listener) {
                listeners.remove(listener);
            }
            roomChanged();
        }
    }

    private void roomChanged() {
        listeners.forEach(TcpListener::acceptOrNot);
    }
}
