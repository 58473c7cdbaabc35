package dev.uartnet.codec.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request has failed, and is over.
 *
 * @param id the request's
 * @param code what went wrong, independent of the platform
 * @param text for people
 * @param errno the device platform's own number, if it has one
 * @param details what else the operation says
 */
public record ErrorResponse(
        int id, ErrorCode code, String text, @Nullable Integer errno, List<@Nullable Object> details)
        implements Message {}
