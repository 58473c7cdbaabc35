package dev.uartnet.proxy.board;

/**
 * The device's heap ({@link Device#memory}).
 *
 * @param free in bytes
 * @param used in bytes
 */
public record HeapUse(long free, long used) {}
