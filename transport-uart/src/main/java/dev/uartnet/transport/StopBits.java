package dev.uartnet.transport;

/** How long the line rests after each character, in bit times. */
public enum StopBits {
    /** One bit time. The default. */
    ONE,
    /** One and a half bit times; only Windows drivers know it. */
    ONE_POINT_FIVE,
    /** Two bit times. */
    TWO
}
