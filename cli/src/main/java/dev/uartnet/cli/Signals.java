package dev.uartnet.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process when a signal asks for it, in order: first the command's cleanups, then the JVM, with exit code 128 and the signal's
 * number. A second signal ends it at once.
 *
 * <p>Not by a shutdown hook alone: those run all at the same time, and one of jSerialComm's closes the ports, so the link could no
 * longer say goodbye. The JDK's class for signals (module jdk.unsupported) is reached by reflection because the compiler warns of it
 * and cannot be told not to.
 */
final class Signals {
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");
    private static final int EXIT_CODE_BASE = 128;

    private final Cleanups cleanups;
    private final AtomicBoolean ending = new AtomicBoolean();

    private Signals(Cleanups cleanups) {
        this.cleanups = cleanups;
    }

    /** From now on signals end the process in order. Where the JVM has no such thing, its own way of ending remains. */
    static void endInOrder(Cleanups cleanups) {
        Signals signals = new Signals(cleanups);
        for (String name : NAMES) {
            try {
                signals.handle(name);
            } catch (ReflectiveOperationException notThisSignalHere) {
                // HUP on Windows; all with -Xrs.
            }
        }
    }

    private void handle(String name) throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        Object handler = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "handle" -> end(number(arguments[0]));
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        case "equals" -> {
                            return proxy == arguments[0];
                        }
                        default -> {
                            return "handler of SIG" + name;
                        }
                    }
                    return null;
                });
        Method handle = signalType.getMethod("handle", signalType, handlerType);
        Object before = handle.invoke(null, signal, handler);
        Object ignore = handlerType.getField("SIG_IGN").get(null);
        if (before == ignore) {
            // As nohup(1) wants it.
            handle.invoke(null, signal, ignore);
        }
    }

    private static int number(Object signal)
            throws InvocationTargetException, IllegalAccessException, NoSuchMethodException {
        return (int) signal.getClass().getMethod("getNumber").invoke(signal);
    }

    private void end(int number) {
        int exitCode = EXIT_CODE_BASE + number;
        if (!ending.compareAndSet(false, true)) {
            Runtime.getRuntime().halt(exitCode);
        }
        cleanups.runAll();
        System.exit(exitCode);
    }
}
