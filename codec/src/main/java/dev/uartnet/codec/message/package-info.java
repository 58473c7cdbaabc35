/**
 * The messages of the protocol (PROTOCOL.md, section 7) and the handler that turns them into frames' payloads and back.
 *
 * <p>One immutable class a message, named by the protocol's own word. {@link dev.uartnet.codec.message.MessageCodec} works on
 * {@link io.netty.buffer.ByteBuf}s of one whole message each, as the link delivers them; it needs no link to do so.
 *
 * <p>MessagePack values are Java objects: {@code null}, {@link java.lang.Boolean}, {@link java.lang.Long} (any integer type
 * when encoding), {@link java.lang.Double}, {@link java.lang.String}, {@code byte[]}, {@link java.util.List},
 * {@link java.util.Map} and {@link dev.uartnet.codec.message.Handle}.
 *
 * <p>Depends on Netty's buffers and msgpack-core only.
 */
@NullMarked
package dev.uartnet.codec.message;

import org.jspecify.annotations.NullMarked;
