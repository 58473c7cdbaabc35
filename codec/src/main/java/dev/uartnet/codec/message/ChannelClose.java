package dev.uartnet.codec.message;

import org.jspecify.annotations.Nullable;

/**
 * Its sender is done with the channel.
 *
 * @param channel the channel's number
 * @param code {@link ErrorCode#NONE} for an orderly end
 * @param text for people, empty without an error
 * @param errno the platform's own number, if it has one
 */
public record ChannelClose(int channel, ErrorCode code, String text, @Nullable Integer errno) implements Message {
    /** An orderly end. */
    public static ChannelClose orderly(int channel) {
        return new ChannelClose(channel, ErrorCode.NONE, "", null);
    }
}
