package dev.uartnet.codec.link;

/**
 * Written to a channel by the owner of a session, ends the session: the link sends {@code RESET} with this reason and then
 * fires {@link LinkEnded}.
 *
 * @param reason what the other end is told
 * @param text for people
 */
public record LinkReset(ResetReason reason, String text) {}
