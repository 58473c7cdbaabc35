/**
 * A serial port as a Netty channel: bytes in, bytes out. Knows nothing of frames, messages or devices; depends on
 * Netty's transport, jSerialComm (real ports) and, only when {@link dev.uartnet.transport.pty} is used, JNA.
 *
 * <h2>States of a {@link dev.uartnet.transport.UartChannel}</h2>
 *
 * <pre>
 *             connect()                opened (reader thread)
 *   NEW ---------------------> OPENING ---------------------> ACTIVE
 *    |                            |                              |
 *    | close()                    | open failed, cancelled,      | close(), port lost,
 *    |                            | timed out, close()           | event loop shut down
 *    v                            v                              v
 *  CLOSED &lt;------------------- CLOSING &lt;-------------------------+
 *            port closed, or the limit for closing passed
 * </pre>
 *
 * <table>
 * <caption>What each state means</caption>
 * <tr><th>state</th><th>isOpen</th><th>isActive</th><th>threads</th><th>may do</th></tr>
 * <tr><td>NEW</td><td>yes</td><td>no</td><td>none</td><td>set options, connect, close</td></tr>
 * <tr><td>OPENING</td><td>yes</td><td>no</td><td>reader, which opens the port first</td>
 *     <td>cancel or close; a second connect fails</td></tr>
 * <tr><td>ACTIVE</td><td>yes</td><td>yes</td><td>reader and writer</td><td>everything</td></tr>
 * <tr><td>CLOSING</td><td>no</td><td>no</td><td>closer; reader and writer are leaving</td>
 *     <td>nothing; writes fail with ClosedChannelException</td></tr>
 * <tr><td>CLOSED</td><td>no</td><td>no</td><td>none</td><td>nothing; the port can be opened again</td></tr>
 * </table>
 *
 * <p>State changes happen on the channel's event loop only; other threads read them.
 *
 * <h2>Who runs where</h2>
 *
 * <p>A serial read or write blocks, so neither ever runs on an event loop. Each open channel has two daemon threads,
 * {@code uart-read-PORT} and {@code uart-write-PORT}. A byte ring with one producer and one consumer joins each of them
 * to the event loop. The reader parks when its ring is full (nobody reads the channel), so the operating system's
 * buffer fills and its flow control applies; the writer parks when its ring is empty. Many bytes cost one event loop
 * task. Closing runs on a third, short-lived thread, because closing a port can block too.
 */
@NullMarked
package dev.uartnet.transport;

import org.jspecify.annotations.NullMarked;
