/**
 * What applications use: operations of a device as {@code Mono} and {@code Flux}, and its sockets as Netty channels.
 *
 * <p>{@link dev.uartnet.proxy.ProxyClient} is the entry. Its {@code Reconnection} is the link through all its sessions; a {@code Connection} is one
 * life of it: a Netty channel with the codec's pipeline, behind it {@code SessionHandler} (how the session stands) and {@code
 * ChannelMultiplexer} (which proxied channel gets or sends what). A {@code ConnectAttempt} makes one. Reactor-netty's own
 * clients and servers run on the sockets through {@code ProxyLoopResources}.
 *
 * <p>A socket is an ordinary Netty channel over one {@code ProxiedChannel} of the multiplexer. An {@code Opening} gets it that: it waits
 * for a session where there is none, and for the device's answer. Each has its own event loop; a {@code LoopCrossing} leads from one to the other.
 * {@link dev.uartnet.proxy.ProxySocketChannel} is over a {@code ProxiedStream}, the {@code StreamLink} between them; its parts are {@code
 * StreamConnecting}, {@code StreamReading}, {@code StreamWriting} and {@code RemoteOptions}. {@link dev.uartnet.proxy.ProxyServerSocketChannel} is over a
 * {@code ProxiedListener}, the {@code ListenerLink} between them.
 *
 * <p>{@link dev.uartnet.proxy.ProxySockets} is the same without that vocabulary, on the Netty channels themselves: {@code ChannelMono} opens one, {@code
 * InboundFlux} reads as much as is asked for, {@code Outbound} writes as much as is taken; both class comments have their states.
 *
 * <p>The board's own parts (Wi-Fi, clock, pins, files, the device) are in {@code dev.uartnet.proxy.board}, on {@link
 * dev.uartnet.proxy.DeviceRequests}.
 *
 * <h2>States of a client</h2>
 *
 * CONNECTED, RECONNECTING and CLOSED are the kinds of {@link dev.uartnet.proxy.LinkState}, which {@code states()} emits.
 *
 * <table>
 * <caption>ProxyClient</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>CONNECTING</td><td>session established</td><td>the {@code Mono} emits the client</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>the port cannot be opened, no answer, refusal</td><td>the {@code Mono} fails; a channel of ours is closed</td><td>(none)</td></tr>
 * <tr><td></td><td>subscription cancelled</td><td>a channel of ours is closed</td><td>(none)</td></tr>
 * <tr><td>CONNECTED</td><td>{@code close()}, {@code dispose()}</td><td>{@code RESET CLOSED}; every request, connect and socket
 *   fails with LinkLostException; {@code onClose()} completes</td><td>CLOSED</td></tr>
 * <tr><td></td><td>the link ends by itself</td><td>every socket fails with LinkLostException; requests that are safe to repeat, and connects
 *   that surely did not run, wait; the other connects fail. The Retry is told of the loss</td><td>RECONNECTING</td></tr>
 * <tr><td></td><td>the same, but the channel is not ours, {@code noReconnect()}, or its event loops shut down</td><td>all of that fails; {@code onClose()} fails with
 *   LinkLostException</td><td>CLOSED</td></tr>
 * <tr><td>RECONNECTING</td><td>the Retry says so</td><td>an attempt: the port is looked for and opened, HELLO</td><td>RECONNECTING</td></tr>
 * <tr><td></td><td>request, connect</td><td>waits, or fails at once ({@code whileDown})</td><td>RECONNECTING</td></tr>
 * <tr><td></td><td>an attempt fails</td><td>its channel is closed; the Retry is told of it</td><td>RECONNECTING</td></tr>
 * <tr><td></td><td>an attempt succeeds</td><td>who waited goes on in the new session</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>the Retry gives up, or the event loops have shut down</td><td>who waited fails, {@code onClose()} fails with LinkLostException</td><td>CLOSED</td></tr>
 * <tr><td></td><td>{@code close()}, {@code dispose()}</td><td>a running attempt is cancelled, its channel closed; who waited fails;
 *   {@code onClose()} completes</td><td>CLOSED</td></tr>
 * </table>
 *
 * <h2>States of a pool</h2>
 *
 * {@link dev.uartnet.proxy.ProxyPool} and {@code ProxyClient} are the two kinds of {@link dev.uartnet.proxy.ProxyNetwork}: what opens sockets. Sockets and
 * requests ask {@code Sessions} for a session: a client's {@code Reconnection}, or {@code PoolSessions}, which choose one of those of the
 * {@link dev.uartnet.proxy.PoolMember}s. They are the kinds of {@link dev.uartnet.proxy.PoolMemberState}:
 *
 * <table>
 * <caption>PoolMember</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>CONNECTING</td><td>the pool is started; the Retry says so</td><td>an attempt</td><td>CONNECTING</td></tr>
 * <tr><td></td><td>an attempt fails</td><td>the Retry is told of it</td><td>CONNECTING</td></tr>
 * <tr><td></td><td>an attempt succeeds</td><td>{@code client()} emits; the device is asked how many sockets it can have</td><td>UP</td></tr>
 * <tr><td></td><td>the Retry gives up, or there is none; the event loops have shut down; {@code close()}</td><td>{@code client()} fails</td><td>CLOSED</td></tr>
 * <tr><td>UP</td><td>new socket, request</td><td>it may be chosen</td><td>UP</td></tr>
 * <tr><td></td><td>refuses a socket: NO_RESOURCES, NETWORK_DOWN</td><td>another member is asked; for 1 s it is chosen after the others</td><td>UP</td></tr>
 * <tr><td></td><td>the link ends by itself</td><td>its sockets fail; openings that surely did not run, and requests that are safe to repeat, go to
 *   another member, or wait; the client connects again</td><td>DOWN</td></tr>
 * <tr><td></td><td>the same with {@code noReconnect()}, or as its event loops shut down; {@code close()}, of the client, too</td><td>its sockets fail</td><td>CLOSED</td></tr>
 * <tr><td>DOWN</td><td>the client connects again</td><td>the device is asked for its sockets again: another may be there</td><td>UP</td></tr>
 * <tr><td></td><td>the client gives up; {@code close()}</td><td></td><td>CLOSED</td></tr>
 * </table>
 *
 * <table>
 * <caption>ProxyPool</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>CONNECTING</td><td>each member was tried once, one is UP</td><td>the {@code Mono} emits the pool</td><td>UP</td></tr>
 * <tr><td></td><td>each member was tried once, none is UP</td><td>all are closed, the {@code Mono} fails with each one's cause</td><td>CLOSED</td></tr>
 * <tr><td></td><td>subscription cancelled</td><td>all are closed</td><td>CLOSED</td></tr>
 * <tr><td>UP</td><td>new socket</td><td>the least loaded member that is UP opens it</td><td>UP</td></tr>
 * <tr><td></td><td>the last member that was UP is not any more</td><td></td><td>DOWN</td></tr>
 * <tr><td>DOWN</td><td>new socket, request</td><td>waits, or fails at once with each member's cause ({@code whileDown})</td><td>DOWN</td></tr>
 * <tr><td></td><td>a member is UP</td><td>who waited goes on</td><td>UP</td></tr>
 * <tr><td>UP, DOWN</td><td>all members are CLOSED</td><td>who waited fails, {@code onClose()} fails with LinkLostException</td><td>CLOSED</td></tr>
 * <tr><td></td><td>{@code close()}, {@code dispose()}</td><td>all members are closed; who waited fails; {@code onClose()} completes</td><td>CLOSED</td></tr>
 * </table>
 *
 * <h2>States of a proxied channel</h2>
 *
 * On the socket's own event loop (what Netty users see). The channel has the state; {@code StreamConnecting} and {@code DatagramBinding} have the way to an
 * open socket, {@code StreamReading}, {@code DatagramReading} what has come, {@code StreamWriting}, {@code DatagramWriting} the send buffer, {@code
 * UnwatchedChannel} what a channel is that no event loop watches:
 *
 * <table>
 * <caption>ProxySocketChannel</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>OPEN</td><td>bind</td><td>the address is kept for the connect</td><td>OPEN</td></tr>
 * <tr><td></td><td>connect</td><td>the timeout starts; TCP_CONNECT is sent in the present session, or in the next one</td><td>CONNECTING</td></tr>
 * <tr><td>CONNECTING</td><td>RESPONSE</td><td>promise, then channelActive</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>link lost, TCP_CONNECT surely not run, {@code WhileDown.WAIT}</td><td>it is sent in the next session</td><td>CONNECTING</td></tr>
 * <tr><td></td><td>ERROR, timeout, cancellation, close, link lost otherwise</td><td>the promise fails once; CANCEL where it is
 *   still running</td><td>CLOSED</td></tr>
 * <tr><td>CONNECTED</td><td>CHANNEL_DATA</td><td>queued (at most the receive window), fired when somebody reads</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>CHANNEL_EOF read</td><td>ChannelInputShutdownEvent if ALLOW_HALF_CLOSURE, else close</td><td>CONNECTED or CLOSED</td></tr>
 * <tr><td></td><td>shutdownOutput</td><td>CHANNEL_EOF behind all that was accepted</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE with an error, read</td><td>exceptionCaught, close</td><td>CLOSED</td></tr>
 * <tr><td></td><td>an option is changed</td><td>SOCKET_OPTION; refused: a warning, and the value from before</td><td>CONNECTED</td></tr>
 * <tr><td></td><td>link lost</td><td>exceptionCaught(LinkLostException), pending writes fail, close</td><td>CLOSED</td></tr>
 * <tr><td></td><td>close</td><td>CHANNEL_CLOSE behind all that was accepted; at once with SO_LINGER 0</td><td>CLOSED</td></tr>
 * </table>
 *
 * One that a server has accepted begins as CONNECTED: what comes for it waits until it is registered. If that does not come to pass, it is
 * closed.
 *
 * <table>
 * <caption>ProxyServerSocketChannel</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>OPEN</td><td>bind</td><td>the timeout starts; TCP_LISTEN is sent in the present session, or in the next one</td><td>BINDING</td></tr>
 * <tr><td>BINDING</td><td>RESPONSE</td><td>promise, then channelActive</td><td>LISTENING</td></tr>
 * <tr><td></td><td>link lost, TCP_LISTEN surely not run, {@code WhileDown.WAIT}</td><td>it is sent in the next session</td><td>BINDING</td></tr>
 * <tr><td></td><td>ERROR, timeout, close, link lost otherwise</td><td>the promise fails once; CANCEL where it is still running</td><td>CLOSED</td></tr>
 * <tr><td>LISTENING</td><td>read (by autoRead, or asked for)</td><td>CHANNEL_CREDIT for as many connections as are to be read</td><td>LISTENING</td></tr>
 * <tr><td></td><td>CHANNEL_ACCEPT</td><td>its ProxySocketChannel is queued, fired when somebody reads; closed if no handler takes it</td><td>LISTENING</td></tr>
 * <tr><td></td><td>link lost, CHANNEL_CLOSE arrives</td><td>exceptionCaught, close</td><td>CLOSED</td></tr>
 * <tr><td></td><td>close</td><td>CHANNEL_CLOSE; connections not read yet are reset, others live on</td><td>CLOSED</td></tr>
 * <tr><td>CLOSED</td><td>CHANNEL_ACCEPT</td><td>CHANNEL_CLOSE (CONNECTION_ABORTED) for the new channel</td><td>CLOSED</td></tr>
 * </table>
 *
 * <table>
 * <caption>ProxyDatagramChannel</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>OPEN</td><td>bind; connect; a write, if it is active on registration</td><td>the timeout starts; UDP_BIND is sent in the present session,
 *   or in the next one</td><td>BINDING</td></tr>
 * <tr><td>BINDING</td><td>flush, connect</td><td>wait</td><td>BINDING</td></tr>
 * <tr><td></td><td>RESPONSE</td><td>the promises, channelActive, then what was flushed</td><td>BOUND</td></tr>
 * <tr><td></td><td>link lost, UDP_BIND surely not run, {@code WhileDown.WAIT}</td><td>it is sent in the next session</td><td>BINDING</td></tr>
 * <tr><td></td><td>ERROR, timeout, link lost otherwise</td><td>promises and flushed writes fail</td><td>OPEN</td></tr>
 * <tr><td>BOUND</td><td>connect, disconnect</td><td>sets or clears whom it hears and writes to, on this host only</td><td>BOUND</td></tr>
 * <tr><td></td><td>CHANNEL_DATAGRAM</td><td>queued (at most the receive window), fired when somebody reads; dropped if it is not the
 *   peer's</td><td>BOUND</td></tr>
 * <tr><td></td><td>EVENT DROPPED</td><td>counted, DatagramsDropped</td><td>BOUND</td></tr>
 * <tr><td></td><td>EVENT DATAGRAM_FAILED</td><td>exceptionCaught</td><td>BOUND</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE, link lost</td><td>exceptionCaught, pending writes fail, close</td><td>CLOSED</td></tr>
 * <tr><td>any</td><td>close</td><td>CANCEL, or CHANNEL_CLOSE behind all that was accepted</td><td>CLOSED</td></tr>
 * </table>
 *
 * On the link's event loop (what the device sees; PROTOCOL.md, section 9), {@code ProxiedChannel}:
 *
 * <table>
 * <caption>ProxiedChannel</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>FREE</td><td>the socket connects, binds</td><td>the request is sent</td><td>OPENING</td></tr>
 * <tr><td></td><td>CHANNEL_ACCEPT, by a listener</td><td>the socket is made</td><td>OPEN</td></tr>
 * <tr><td>OPENING</td><td>RESPONSE</td><td>the socket hears of it</td><td>OPEN</td></tr>
 * <tr><td></td><td>RESPONSE, but the socket has closed</td><td>CHANNEL_CLOSE</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>ERROR</td><td>the socket hears of it</td><td>FREE</td></tr>
 * <tr><td>OPEN</td><td>socket closed, bytes still queued</td><td>they go out first, for a limited time</td><td>LINGERING</td></tr>
 * <tr><td>OPEN, LINGERING</td><td>socket closed or aborted, nothing queued</td><td>CHANNEL_CLOSE</td><td>CLOSE_SENT</td></tr>
 * <tr><td></td><td>CHANNEL_CLOSE arrives</td><td>CHANNEL_CLOSE is answered, the socket hears of it</td><td>FREE</td></tr>
 * <tr><td>CLOSE_SENT</td><td>CHANNEL_CLOSE arrives</td><td>the number is free again</td><td>FREE</td></tr>
 * <tr><td>any</td><td>link lost</td><td>queued bytes are released, the socket hears of it</td><td>FREE</td></tr>
 * </table>
 *
 * <p>May depend on the codec, Netty and Reactor. Only {@code SerialConnector} knows {@code
 * dev.uartnet.transport}.
 */
@NullMarked
package dev.uartnet.proxy;

import org.jspecify.annotations.NullMarked;
