package dev.uartnet.benchmarks.rig;

/** Where the bytes of a measurement go. */
public enum Direction {
    /** From the network to the host. */
    DOWN,
    /** From the host to the network. */
    UP,
    /** Both at once. */
    BOTH
}
