package dev.uartnet.esp32;

import dev.uartnet.esp32.objects.SimulatedFunction;
import dev.uartnet.esp32.objects.SimulatedObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual device has for hosts that use remote objects.
 *
 * @param modules by their names
 * @param interpreter evaluates and executes code, its only argument; null if the device cannot
 * @param handlesMax objects that a session may hold at once
 */
record ObjectScript(Map<String, SimulatedObject> modules, @Nullable SimulatedFunction interpreter, int handlesMax) {
    /** Returns the name of a module; null if the object is none. */
    @Nullable
    String moduleName(Object object) {
        for (Map.Entry<String, SimulatedObject> module : modules.entrySet()) {
            if (module.getValue() == object) {
                return module.getKey();
            }
        }
        return null;
    }
}
