package dev.uartnet.codec.link;

/** Optional parts of the protocol: bits of a number in HELLO and WELCOME ({@code feature} in {@code protocol/constants.txt}). */
public final class Feature {
    /** Frames that the line has spoilt are repeated. */
    public static final long RETRANSMIT = 1;

    /** The line's speed can be changed. An end has it if its link is given a {@link LineSpeed}, and only then. */
    public static final long SPEED = 2;

    private Feature() {}
}
