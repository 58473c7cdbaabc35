package dev.uartnet.codec.message;

/**
 * The one argument of a request whose arguments do not fit a frame: they are in a blob (MessagePack ext type 2; PROTOCOL.md, section 8).
 *
 * @param blob its number, 0 to 255
 */
public record BlobArguments(int blob) {
    /** The ext type. */
    public static final byte EXT_TYPE = 2;
}
