package dev.uartnet.proxy;

/** What a {@link ProxyClient} does with new requests and connects while it has no session. */
public enum WhileDown {
    /** They wait for the next session, at most for the request timeout or the socket's connect timeout. */
    WAIT,
    /** They fail at once with {@link LinkLostException}. */
    FAIL
}
