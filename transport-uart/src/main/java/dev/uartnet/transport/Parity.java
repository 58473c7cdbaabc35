package dev.uartnet.transport;

/** The parity bit that follows each character's data bits. */
public enum Parity {
    /** No parity bit. The default, and what an ESP32 expects. */
    NONE,
    /** Makes the number of ones odd. */
    ODD,
    /** Makes the number of ones even. */
    EVEN,
    /** Always one. */
    MARK,
    /** Always zero. */
    SPACE
}
