package dev.uartnet.codec.link;

/**
 * User event: the session has ended. On a host the link is of no more use and its channel should be closed; a device waits for
 * the next host.
 *
 * @param cause why
 */
public record LinkEnded(LinkException cause) {}
