package dev.uartnet.codec.message;

import java.net.InetSocketAddress;

/**
 * A connection came in.
 *
 * @param listener the channel of the listener
 * @param channel the new connection's channel
 * @param local its local address
 * @param remote its remote address
 * @param credit bytes that the host may send at first
 */
public record ChannelAccept(int listener, int channel, InetSocketAddress local, InetSocketAddress remote, int credit)
        implements Message {}
