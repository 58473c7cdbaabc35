/**
 * Objects on a simulated device, scripted in Java: what {@link dev.uartnet.esp32.VirtualEsp32.Builder#module} takes, so that applications
 * which use remote objects can be tested without Python.
 *
 * <p>A module, a class, an instance, a function: each is a {@link dev.uartnet.esp32.objects.SimulatedObject}, made with
 * {@link dev.uartnet.esp32.objects.ScriptedObject} or implemented by hand. Values that travel by copy are Java's: null, Boolean, Long (or smaller), Double,
 * String, byte[], List, Map. Any other Java object becomes a handle too, which a host can only pass around, compare and print; of these Iterator, Iterable,
 * InputStream and {@link dev.uartnet.esp32.objects.SimulatedFunction} do what their Java type says.
 *
 * <p>Scripts run on the device's event loop, one after the other, and must not block it: what takes time returns a
 * {@link java.util.concurrent.CompletionStage}, and everything else goes on meanwhile.
 *
 * <p>Depends on nothing of uartnet.
 */
@NullMarked
package dev.uartnet.esp32.objects;

import org.jspecify.annotations.NullMarked;
