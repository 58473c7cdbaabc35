package dev.uartnet.proxy.objects;

/**
 * An object that the device holds for this host, as {@link RemoteObjects#list} tells it. It does not keep it alive.
 *
 * @param number in the device's registry, as in the object's {@code toString}
 * @param type the name of its Python type
 */
public record RegisteredObject(long number, String type) {}
