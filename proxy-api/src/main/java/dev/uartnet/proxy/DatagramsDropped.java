package dev.uartnet.proxy;

/**
 * User event of a {@link ProxyDatagramChannel}: datagrams came from the network, and the device had to drop them, because what it had sent
 * before was not read, or because they were too long for it. {@link ProxyDatagramChannel#droppedDatagrams()} has the sum. What the network
 * itself loses, or the device's network stack before the firmware sees it, is not counted: nobody knows it.
 *
 * @param datagrams how many, since the last such event
 * @param bytes theirs together
 */
public record DatagramsDropped(long datagrams, long bytes) {}
