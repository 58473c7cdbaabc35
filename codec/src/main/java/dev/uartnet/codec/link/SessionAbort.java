package dev.uartnet.codec.link;

/** Ends a session that cannot go on: tells the other end in a RESET, and this one in {@link LinkEnded}. */
@FunctionalInterface
interface SessionAbort {
    /**
     * Called on the event loop; there is no session afterwards.
     *
     * @param text for the other end
     * @param cause for this end
     */
    void abort(ResetReason reason, String text, LinkException cause);
}
