package dev.uartnet.codec.link;

/** Optional parts of the protocol: bits of a number in HELLO and WELCOME ({@code feature} in {@code protocol/constants.txt}). */
public final class Feature {
    /** Frames that the line has spoilt are repeated. */
    public static final long RETRANSMIT = 1;

    private Feature() {}
}
