package dev.uartnet.codec.message;

/**
 * Its sender sends no more bytes on the channel (half-close).
 *
 * @param channel the channel's number
 */
public record ChannelEof(int channel) implements Message {}
