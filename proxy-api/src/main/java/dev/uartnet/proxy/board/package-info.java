/**
 * The board behind the line: its Wi-Fi, clock, pins, files, and the device itself. {@link dev.uartnet.proxy.ProxyClient} is the entry: {@code wifi()},
 * {@code clock()}, {@code pins()}, {@code files()}, {@code device()}.
 *
 * <p>Everything here stands on {@link dev.uartnet.proxy.DeviceRequests} and has its contract: publishers are lazy, signal on the link's event loop, which
 * must not be blocked, and ask the device to stop when they are cancelled. A request ({@code Mono}) waits at most the {@link
 * dev.uartnet.proxy.ProxyConnector#requestTimeout request timeout} for a session, and as long for its answer, unless it says otherwise; a stream ({@code
 * Flux}) has no time limit. An argument that no device takes is {@link IllegalArgumentException} at the call, one
 * that this device does not take a failure of the request. What was asked for fails with
 *
 * <ul>
 *   <li>{@link dev.uartnet.proxy.NotAllowedException} if the device's configuration does not let a host do it,
 *   <li>{@link dev.uartnet.proxy.LinkLostException} if the link was lost meanwhile; most requests are not repeated by themselves,
 *   <li>{@link dev.uartnet.codec.request.RequestTimeoutException} if the device did not answer in time,
 *   <li>{@link java.net.ProtocolException} if the device answered with something else than what was asked for,
 *   <li>{@link dev.uartnet.codec.request.RequestFailedException} with the device's words, where a method does not name another one.
 * </ul>
 *
 * <p>A device may leave out any of what it says of itself: then the value is {@code null}.
 *
 * <p>Uses only what is public in {@code dev.uartnet.proxy}, Reactor, and of the codec the numbers of operations, events and errors.
 */
@NullMarked
package dev.uartnet.proxy.board;

import org.jspecify.annotations.NullMarked;
