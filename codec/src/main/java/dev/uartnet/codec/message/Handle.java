package dev.uartnet.codec.message;

/**
 * An object that lives on the device (MessagePack ext type 1).
 *
 * @param number its number in the device's registry, unsigned 32 bits
 */
public record Handle(int number) {
    /** The ext type of a handle. */
    public static final byte EXT_TYPE = 1;
}
