package dev.uartnet.esp32;

import dev.uartnet.codec.link.Session;

/**
 * Something that a device writes in a session.
 *
 * @param session in which it is meant
 * @param content a message, or the session's end
 */
record SessionWrite(Session session, Object content) {}
