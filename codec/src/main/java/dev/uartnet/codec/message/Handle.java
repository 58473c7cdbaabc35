package dev.uartnet.codec.message;

/**
 * An object that lives on the device (MessagePack ext type 1).
 *
 * @param number its number in the device's registry, unsigned 32 bits
 * @param type its type's name, as the device says it; empty where a host names an object
 */
public record Handle(int number, String type) {
    /** The ext type of a handle. */
    public static final byte EXT_TYPE = 1;

    /** A handle as a host sends it. */
    public Handle(int number) {
        this(number, "");
    }
}
