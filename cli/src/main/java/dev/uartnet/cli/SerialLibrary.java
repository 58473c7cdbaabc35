package dev.uartnet.cli;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import dev.uartnet.transport.UartPorts;
import java.lang.reflect.Method;

/**
 * The native library behind the serial ports. When it loads, it makes the process ignore SIGHUP (and signals that nobody here handles),
 * so that a command would outlive its terminal and keep the port. And what is ignored the JVM does not let be handled: it takes that
 * for the wish of nohup(1). So the C library has to put the signal's default back before the handler is installed again.
 */
final class SerialLibrary {
    /** The number of SIGHUP, wherever there is one. */
    private static final int HANG_UP = 1;

    private SerialLibrary() {}

    /** Loads it, unless that was done before; SIGHUP does afterwards what it did before. Blocks for some 50 ms. */
    static void load() {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = signalType.getConstructor(String.class).newInstance("HUP");
            Method handle = signalType.getMethod("handle", signalType, handlerType);
            Object standard = handlerType.getField("SIG_DFL").get(null);
            Object ignore = handlerType.getField("SIG_IGN").get(null);
            Object before = handle.invoke(null, signal, standard);
            UartPorts.list();
            if (before != ignore) {
                Function.getFunction("c", "signal").invokePointer(new Object[] {HANG_UP, Pointer.NULL});
                handle.invoke(null, signal, before);
            }
        } catch (ReflectiveOperationException noSuchSignal) {
            // On Windows, or with -Xrs.
            UartPorts.list();
        }
    }
}
