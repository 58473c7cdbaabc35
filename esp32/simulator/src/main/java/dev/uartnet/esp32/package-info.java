/**
 * The device side in Java: {@link dev.uartnet.esp32.VirtualEsp32}, the same device as the firmware with the host's own sockets;
 * with a radio, pins, a clock and files that a test scripts;
 * {@link dev.uartnet.esp32.Firmware}, the real firmware as a process; {@link dev.uartnet.esp32.SerialLine}, the wires between, with their
 * faults; {@link dev.uartnet.esp32.PluggablePort}, a port to pull out and put back.
 *
 * <p>All of a virtual device lives on one event loop of its own: the handler behind the link, the requests, the channels and
 * their sockets. Only names are looked up elsewhere, because the JDK's resolver blocks, and keys and certificates are used elsewhere,
 * because that takes long.
 *
 * <p>A session ({@link dev.uartnet.esp32.DeviceSession}) has its channels in a table
 * ({@link dev.uartnet.esp32.ChannelTable}); there are three kinds of {@link dev.uartnet.esp32.DeviceChannel}: connections, listeners,
 * datagram sockets.
 *
 * <p>States of a request ({@link dev.uartnet.esp32.PendingRequest}): PENDING from its arrival, then OVER by exactly one answer:
 * its result, its failure, CANCEL, its deadline; or by none when the session ends.
 *
 * <p>States of a TCP channel ({@link dev.uartnet.esp32.TcpChannelBridge}; PROTOCOL.md, section 9), seen from the device:
 *
 * <table border="1">
 * <caption>Channel</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>OPENING</td><td>connected, or accepted; with TLS: and the handshake is done</td><td>RESPONSE, or CHANNEL_ACCEPT; begins to
 *   read</td><td>OPEN</td></tr>
 * <tr><td></td><td>failure, CANCEL, deadline</td><td>ERROR</td><td>(free)</td></tr>
 * <tr><td>OPEN</td><td>CHANNEL_DATA</td><td>to the socket; credit back as the socket takes it</td><td>OPEN</td></tr>
 * <tr><td></td><td>more than the credit</td><td>RST, CHANNEL_CLOSE (CREDIT_EXCEEDED)</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>CHANNEL_EOF</td><td>when all is written: shuts the socket's output down; with TLS 1.3 close_notify before that, with
 *   earlier versions only when both ends have come</td><td>OPEN</td></tr>
 * <tr><td></td><td>FIN of the network, with TLS close_notify</td><td>CHANNEL_EOF behind the last bytes</td><td>OPEN</td></tr>
 * <tr><td></td><td>with TLS: FIN without close_notify</td><td>CHANNEL_CLOSE (CONNECTION_RESET) behind the last bytes</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>both ends have come</td><td>(close_notify,) closes, CHANNEL_CLOSE</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>socket fails</td><td>CHANNEL_CLOSE with the code behind the last bytes</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE (NONE)</td><td>stops reading, writes what it holds</td><td>CLOSE_RECEIVED</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE (other)</td><td>RST, CHANNEL_CLOSE</td><td>(free)</td></tr>
 * <tr><td>CLOSE_RECEIVED</td><td>all is written</td><td>FIN, CHANNEL_CLOSE</td><td>(free)</td></tr>
 * <tr><td></td><td>socket fails, or 30 s</td><td>RST, CHANNEL_CLOSE with the code</td><td>(free)</td></tr>
 * <tr><td>CLOSE_SENT</td><td>CHANNEL_CLOSE</td><td></td><td>(free)</td></tr>
 * <tr><td>any</td><td>the session ends</td><td>RST</td><td>(free)</td></tr>
 * </table>
 *
 * <p>States of a listener's channel ({@link dev.uartnet.esp32.TcpListener}). It reads from its socket, one connection at a time, while
 * it is OPEN, has credit, and the device has room: then only.
 *
 * <table border="1">
 * <caption>Listener</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>OPENING</td><td>bound</td><td>RESPONSE</td><td>OPEN</td></tr>
 * <tr><td></td><td>failure, CANCEL, deadline</td><td>ERROR</td><td>(free)</td></tr>
 * <tr><td>OPEN</td><td>connection</td><td>takes credit and a place, CHANNEL_ACCEPT</td><td>OPEN</td></tr>
 * <tr><td></td><td>connection that fails at once</td><td>gives both back, counts it</td><td>OPEN</td></tr>
 * <tr><td></td><td>CHANNEL_CREDIT</td><td>more credit</td><td>OPEN</td></tr>
 * <tr><td></td><td>the system gives none (no file left)</td><td>rests for 100 ms</td><td>OPEN</td></tr>
 * <tr><td></td><td>socket fails</td><td>CHANNEL_CLOSE (IO)</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE</td><td>closes the socket, which resets what waits in its backlog</td><td>CLOSE_RECEIVED</td></tr>
 * <tr><td>CLOSE_RECEIVED</td><td>its port is free</td><td>CHANNEL_CLOSE</td><td>(free)</td></tr>
 * <tr><td>CLOSE_SENT</td><td>CHANNEL_CLOSE</td><td></td><td>(free)</td></tr>
 * <tr><td>any</td><td>the session ends</td><td>closes the socket</td><td>(free)</td></tr>
 * </table>
 *
 * <p>States of a TLS handshake ({@link dev.uartnet.esp32.TlsHandshake}), of a TLS_CONNECT or of a connection that a TLS_LISTEN has
 * taken. The latter has its place among the device's sockets, but no number yet.
 *
 * <table border="1">
 * <caption>TLS handshake</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>RUNNING</td><td>done, the peer's certificate accepted</td><td>RESPONSE, or CHANNEL_ACCEPT</td><td>(channel is OPEN)</td></tr>
 * <tr><td></td><td>the peer's certificate is not accepted</td><td>alert, closes; ERROR (CERTIFICATE), or counts it</td><td>(free)</td></tr>
 * <tr><td></td><td>anything else fails, or ends the connection</td><td>closes; ERROR (TLS), or counts it</td><td>(free)</td></tr>
 * <tr><td></td><td>connect_timeout_ms, or 10 s</td><td>closes; ERROR (TIMED_OUT), or counts it</td><td>(free)</td></tr>
 * <tr><td></td><td>CANCEL, deadline; CHANNEL_CLOSE of the listener; the session ends</td><td>closes</td><td>(free)</td></tr>
 * </table>
 *
 * <p>States of a datagram channel ({@link dev.uartnet.esp32.DatagramBridge}):
 *
 * <table border="1">
 * <caption>Datagram channel</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>OPENING</td><td>bound</td><td>RESPONSE, begins to read</td><td>OPEN</td></tr>
 * <tr><td></td><td>failure, CANCEL, deadline</td><td>ERROR</td><td>(free)</td></tr>
 * <tr><td>OPEN</td><td>CHANNEL_DATAGRAM with more</td><td>keeps the piece</td><td>OPEN</td></tr>
 * <tr><td></td><td>CHANNEL_DATAGRAM</td><td>to the socket, with the pieces before it; credit back as the socket takes it</td><td>OPEN</td></tr>
 * <tr><td></td><td>more than the credit or the largest</td><td>CHANNEL_CLOSE (CREDIT_EXCEEDED)</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>the network refuses one</td><td>EVENT DATAGRAM_FAILED</td><td>OPEN</td></tr>
 * <tr><td></td><td>datagram of the network</td><td>takes credit; CHANNEL_DATAGRAM, a piece in each turn, then reads on</td><td>OPEN</td></tr>
 * <tr><td></td><td>one without credit, or too long</td><td>drops and counts it, EVENT DROPPED</td><td>OPEN</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE</td><td>stops reading, sends what is whole</td><td>CLOSE_RECEIVED</td></tr>
 * <tr><td>CLOSE_RECEIVED</td><td>all is sent, or 30 s; its port is free</td><td>CHANNEL_CLOSE</td><td>(free)</td></tr>
 * <tr><td>CLOSE_SENT</td><td>CHANNEL_CLOSE</td><td></td><td>(free)</td></tr>
 * <tr><td>any</td><td>the session ends</td><td>closes the socket</td><td>(free)</td></tr>
 * </table>
 *
 * <p>What the device has besides sockets ({@link dev.uartnet.esp32.Board}) belongs to all its sessions, and lives on the same loop: scripts of
 * other threads come there by {@link dev.uartnet.esp32.DeviceLoop}. A reset takes the firmware's handlers out of the lines
 * ({@link dev.uartnet.esp32.DeviceLine}), which ends the sessions, begins another {@link dev.uartnet.esp32.Boot}, and puts new ones in.
 *
 * <p>States of Wi-Fi ({@link dev.uartnet.esp32.WifiStation}; PROTOCOL.md, section 8, networks). What it knows are the network of
 * /uartnet.json, those that were saved, and those that it was told to join since it started ({@link dev.uartnet.esp32.KnownNetworks}).
 *
 * <table border="1">
 * <caption>Wi-Fi</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>(start)</td><td>a known network is in reach</td><td></td><td>CONNECTED</td></tr>
 * <tr><td></td><td>none is; nothing is known</td><td></td><td>LOST; IDLE</td></tr>
 * <tr><td>CONNECTED</td><td>the network goes</td><td>EVENT NETWORK; connections get 10 s</td><td>LOST</td></tr>
 * <tr><td></td><td>another address</td><td>EVENT NETWORK; connections end</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>WIFI_CONNECT to another network</td><td>EVENT NETWORK; connections end</td><td>CONNECTING</td></tr>
 * <tr><td>LOST</td><td>a known network is in reach</td><td>joins it: EVENT NETWORK; connections end, if it is another network, or another
 *   address</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>10 s</td><td>connections end</td><td>LOST</td></tr>
 * <tr><td>LOST, IDLE</td><td>WIFI_CONNECT</td><td></td><td>CONNECTING</td></tr>
 * <tr><td>CONNECTING</td><td>joined</td><td>RESPONSE, EVENT NETWORK</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>not found, wrong password, CANCEL, time is up</td><td>ERROR; joins what it knows</td><td>LOST; IDLE if it knows
 *   nothing</td></tr>
 * <tr><td>any</td><td>WIFI_DISCONNECT</td><td>EVENT NETWORK; connections end</td><td>IDLE, until WIFI_CONNECT or the next start</td></tr>
 * </table>
 *
 * <p>What a byte meets on a line, in {@link dev.uartnet.esp32.LineDirection}'s two threads: the sender's port, the sender's FIFO
 * (SendQueue), the time that it takes (LineClock), then a cut, or a receiver of another speed (SpeedMismatch), or the faults
 * ({@link dev.uartnet.esp32.FaultStream}), then the receiver's adapter and FIFO (ReceivingEnd), the receiver's port.
 *
 * <table border="1">
 * <caption>A line</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>RUNNING</td><td>cut, restore, stall, faults</td><td>from the next byte on</td><td>RUNNING</td></tr>
 * <tr><td></td><td>the sender's port is lost or closed</td><td>delivers what has been sent; the other direction goes on</td>
 *   <td>ENDING</td></tr>
 * <tr><td></td><td>the receiver's port is lost, close</td><td>closes both ports</td><td>ENDED</td></tr>
 * <tr><td>ENDING</td><td>the last byte is delivered</td><td>closes both ports</td><td>ENDED</td></tr>
 * </table>
 *
 * <p>Remote objects are scripted in Java ({@link dev.uartnet.esp32.objects}). A session holds those that its host knows in a registry
 * ({@link dev.uartnet.esp32.SessionObjects}), by which values come in and go out ({@link dev.uartnet.esp32.ValueCopy}: by copy, or handles);
 * {@link dev.uartnet.esp32.PythonModel} does with an object what was asked. Scripted code runs on the device's event loop; what takes time gives a
 * CompletionStage.
 *
 * <table border="1">
 * <caption>Call ({@link dev.uartnet.esp32.ObjectCall})</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>RUNNING</td><td>its code prints</td><td>OUTPUT, a few pieces on their way to the line at a time</td><td>RUNNING</td></tr>
 * <tr><td></td><td>its code ends, and all that it printed is sent</td><td>RESPONSE, or ERROR (EXCEPTION)</td><td>DONE</td></tr>
 * <tr><td></td><td>CANCEL, deadline; the session ends</td><td>ERROR; none when the session ends</td><td>UNWANTED</td></tr>
 * <tr><td>DONE</td><td>its code prints from elsewhere</td><td>EVENT OUTPUT</td><td>DONE</td></tr>
 * <tr><td>UNWANTED</td><td>its code prints</td><td>raises in it</td><td>UNWANTED</td></tr>
 * <tr><td></td><td>its code ends</td><td>drops its result</td><td>UNWANTED</td></tr>
 * </table>
 *
 * <table border="1">
 * <caption>Iteration ({@link dev.uartnet.esp32.ObjectIterate})</caption>
 * <tr><th>state</th><th>event</th><th>does</th><th>next</th></tr>
 * <tr><td>RESTING</td><td>demand, and the line takes more</td><td>takes an item: NEXT</td><td>RESTING</td></tr>
 * <tr><td></td><td>likewise; the item takes time</td><td></td><td>AWAITING</td></tr>
 * <tr><td></td><td>likewise; there is none, or an exception</td><td>RESPONSE, or ERROR (EXCEPTION)</td><td>(over)</td></tr>
 * <tr><td>AWAITING</td><td>the item is there</td><td>NEXT</td><td>RESTING</td></tr>
 * <tr><td>any</td><td>CANCEL, deadline; the session ends</td><td>closes the iterator; ERROR; none when the session ends</td><td>(over)</td></tr>
 * </table>
 *
 * <p>Depends on the transport's ports and on the codec; nothing but tests and the command line depends on it.
 */
@NullMarked
package dev.uartnet.esp32;

import org.jspecify.annotations.NullMarked;
