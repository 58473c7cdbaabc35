package dev.uartnet.codec.link;

/**
 * User event: a session has begun. Messages can be written and will arrive.
 *
 * @param session what was agreed
 */
public record LinkEstablished(Session session) {}
