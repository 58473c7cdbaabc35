package dev.uartnet.codec.message;

/**
 * More bytes (listener: connections) may come.
 *
 * @param channel the channel's number
 * @param credit how many more
 */
public record ChannelCredit(int channel, int credit) implements Message {}
