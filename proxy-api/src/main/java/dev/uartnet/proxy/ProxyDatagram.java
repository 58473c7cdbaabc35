package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * A UDP datagram.
 *
 * @param peer who has sent it, or who is to get it
 * @param data its content, 0 to 65,507 bytes; in practice the device's largest, {@link ProxyDatagramSocket#largestDatagram()}
 */
public record ProxyDatagram(InetSocketAddress peer, ByteBuf data) {
    /** Returns an answer to the sender of this one. */
    public ProxyDatagram reply(ByteBuf answer) {
        return new ProxyDatagram(peer, answer);
    }
}
