/**
 * A serial port as a Netty channel: bytes in, bytes out. Knows nothing of frames, messages or devices; depends on
 * Netty's transport, jSerialComm (real ports) and, only where they are used, Netty's epoll transport (Linux) and JNA
 * ({@link dev.uartnet.transport.pty}).
 *
 * <h2>States of a {@link dev.uartnet.transport.UartChannel}</h2>
 *
 * <pre>
 *             connect()                opened (opening thread)
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
 * <tr><td>OPENING</td><td>yes</td><td>no</td><td>opener</td>
 *     <td>cancel or close; a second connect fails</td></tr>
 * <tr><td>ACTIVE</td><td>yes</td><td>yes</td><td>by epoll: none; by threads: reader and writer</td><td>everything</td></tr>
 * <tr><td>CLOSING</td><td>no</td><td>no</td><td>closer; reader and writer are leaving</td>
 *     <td>nothing; writes fail with ClosedChannelException</td></tr>
 * <tr><td>CLOSED</td><td>no</td><td>no</td><td>none</td><td>nothing; the port can be opened again</td></tr>
 * </table>
 *
 * <p>State changes happen on the channel's event loop only; other threads read them.
 *
 * <h2>Two ways to move the bytes of an active channel</h2>
 *
 * <p><b>By epoll</b>, where the event loop is one of Netty's epoll transport and the port is the operating system's: the event loop reads and writes
 * the port's descriptor, which never blocks, when the kernel says that it is ready. The port has no thread of its own. While nobody
 * reads the channel, up to {@code READ_BUFFER_SIZE} bytes are read ahead.
 *
 * <p><b>By threads</b>, everywhere else (NIO, io_uring and other event loops, other systems, ports in memory), because there a serial read or
 * write blocks: two daemon threads, {@code uart-read-PORT} and {@code uart-write-PORT}. A byte ring with one producer and one consumer joins each of
 * them to the event loop. The reader parks when its ring is full (nobody reads the channel), so the operating system's
 * buffer fills and its flow control applies; the writer parks when its ring is empty. Many bytes cost one event loop
 * task.
 *
 * <p>Which one it is, is decided when the port has been opened and when the channel moves to another event loop:
 *
 * <pre>
 *                opened on an epoll loop, descriptor found
 *   OPENING --------------------------------------------------> EPOLL &lt;-----+ to another epoll loop
 *      |                                                         |  +-------+
 *      | else                                                    | to a loop of another kind
 *      v                                                         |
 *   THREADS &lt;----------------------------------------------------+
 *    |    ^
 *    +----+ to any loop
 * </pre>
 *
 * <p>Threads stay: a write that sleeps in the kernel cannot be taken back from its thread.
 *
 * <table>
 * <caption>EPOLL: what the event loop asks the kernel for</caption>
 * <tr><th>state</th><th>asks for</th><th>leaves when</th></tr>
 * <tr><td>attached</td><td>input, hang-up</td><td>see below</td></tr>
 * <tr><td>write blocked (the port took less than all)</td><td>also room for output</td><td>all flushed bytes are written</td></tr>
 * <tr><td>read ahead full (nobody reads)</td><td>no input</td><td>some are read</td></tr>
 * <tr><td>paused (the port's settings change, in which a read or write would wait for the driver)</td><td>hang-up only</td><td>they have changed</td></tr>
 * <tr><td>detached (the channel is between two event loops)</td><td>nothing</td><td>registered again</td></tr>
 * <tr><td>stopped (CLOSING; before the port is closed, so that its descriptor's number may be reused)</td><td>nothing</td><td>never</td></tr>
 * </table>
 *
 * <p>Opening, closing and changing an open port block in both ways; each is done on a thread that exists for that time only.
 */
@NullMarked
package dev.uartnet.transport;

import org.jspecify.annotations.NullMarked;
