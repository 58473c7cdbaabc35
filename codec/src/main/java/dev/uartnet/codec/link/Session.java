package dev.uartnet.codec.link;

/**
 * One life of a link, as agreed by HELLO and WELCOME (PROTOCOL.md, section 4.1).
 *
 * @param tag the session's tag, 1 to 8,191
 * @param hostId random number of the host's attempt, unsigned 32 bits
 * @param bootId random number of the device's boot, unsigned 32 bits
 * @param minor minor protocol version in force
 * @param windowFrames DATA frames that the peer can hold
 * @param bufferBytes bytes that the peer can hold in those frames (payload plus 8 each)
 * @param maxPayload largest payload that the peer accepts, in bytes
 * @param keepaliveMillis interval in force, in milliseconds
 * @param features bits that both ends have set
 * @param agent the peer's implementation and version
 */
public record Session(
        int tag,
        int hostId,
        int bootId,
        int minor,
        int windowFrames,
        int bufferBytes,
        int maxPayload,
        int keepaliveMillis,
        long features,
        String agent) {}
