/**
 * Python objects that live on the device: modules, functions, classes and what they return, held and used from here.
 *
 * <p>{@link dev.uartnet.proxy.objects.RemoteObjects} is the entry ({@code ProxyClient.objects()}). It gives {@link
 * dev.uartnet.proxy.objects.RemoteObject}s, whose calls are {@link dev.uartnet.proxy.objects.RemoteCall}s; a Java interface over one is made by {@code
 * bind}. What a session of the link shares, an {@code ObjectSession} has: its {@code RequestGate} and its {@code HandleReleases}. One request is an
 * {@code ObjectRequest}. {@code Arguments} and {@code Values} are the two ways between Java's values and the device's.
 *
 * <h2>States of an object</h2>
 *
 * A {@code Lease} is this host's hold on one handle of the device's registry. On the link's event loop:
 *
 * <table>
 * <caption>Lease</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>LIVE</td><td>a request names the object</td><td>it is in use until the request is over</td><td>LIVE</td></tr>
 * <tr><td></td><td>dispose, close, the Cleaner; nothing uses it</td><td>its number joins the next OBJECT_RELEASE</td><td>RELEASED</td></tr>
 * <tr><td></td><td>the same, but a request uses it</td><td>new requests fail</td><td>RELEASING</td></tr>
 * <tr><td>RELEASING</td><td>the last request that uses it is over</td><td>its number joins the next OBJECT_RELEASE</td><td>RELEASED</td></tr>
 * <tr><td>any</td><td>the session ends</td><td>nothing: the device has forgotten the handle; requests fail with LinkLostException</td><td>RELEASED</td></tr>
 * </table>
 *
 * A handle that comes when nobody wants it any more (the answer to a cancelled call) joins the next OBJECT_RELEASE at once.
 *
 * <h2>States of a request</h2>
 *
 * <table>
 * <caption>ObjectRequest</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>NEW</td><td>first demand</td><td>its objects are in use; it goes to the gate</td><td>WAITING</td></tr>
 * <tr><td>WAITING</td><td>fewer than 32 are at the device</td><td>it is sent</td><td>SENT</td></tr>
 * <tr><td></td><td>cancel, timeout</td><td>it leaves the gate; the device never hears of it</td><td>OVER</td></tr>
 * <tr><td>SENT</td><td>answer</td><td>handles become objects; onNext, onComplete, or onError</td><td>OVER</td></tr>
 * <tr><td></td><td>cancel, timeout</td><td>CANCEL; what it still brings is released</td><td>OVER</td></tr>
 * <tr><td>WAITING, SENT</td><td>the session ends</td><td>onError(LinkLostException)</td><td>OVER</td></tr>
 * </table>
 *
 * <p>Uses only what is public in {@code dev.uartnet.proxy}.
 */
@NullMarked
package dev.uartnet.proxy.objects;

import org.jspecify.annotations.NullMarked;
