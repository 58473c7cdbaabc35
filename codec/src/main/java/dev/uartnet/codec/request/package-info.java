/**
 * Requests and their answers (PROTOCOL.md, section 8): ids, deadlines, cancellation, answers in any order.
 *
 * <p>States of a request: PENDING (answer wanted), ABANDONED (cancelled or timed out; its id is in use until the device answers), then gone.
 * A request ends once: by RESPONSE, ERROR, its deadline, cancellation, or the end of the session.
 *
 * <p>Works on {@link dev.uartnet.codec.message.Message}s of any pipeline; depends on {@code message} and the events of {@code link}.
 */
@NullMarked
package dev.uartnet.codec.request;

import org.jspecify.annotations.NullMarked;
