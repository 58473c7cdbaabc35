package dev.uartnet.proxy;

/**
 * User event inside a client's link: the session is over.
 *
 * @param cause what everything under way fails with
 */
record LinkLost(LinkLostException cause) {}
