package dev.uartnet.transport;

/** How the two ends of a line stop each other from sending. */
public enum FlowControl {
    /** Not at all: what overruns a buffer is lost. The default. */
    NONE,
    /** In hardware, with the RTS and CTS wires. */
    RTS_CTS,
    /** In band, with the characters XON (0x11) and XOFF (0x13); binary data must then avoid both. */
    XON_XOFF
}
