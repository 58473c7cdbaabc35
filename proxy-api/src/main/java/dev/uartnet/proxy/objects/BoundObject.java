package dev.uartnet.proxy.objects;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** An object of the device behind a Java interface. */
final class BoundObject implements InvocationHandler {
    private static final Object[] NO_ARGS = {};

    private final BoundInterface<?> bound;
    private final RemoteObject object;

    BoundObject(BoundInterface<?> bound, RemoteObject object) {
        this.bound = bound;
        this.object = object;
    }

    /** Returns the object that a value of a bound interface stands for; null if it is none. */
    static @Nullable RemoteObject objectOf(Object value) {
        return handler(value) instanceof BoundObject bound ? bound.object : null;
    }

    private static @Nullable Object handler(@Nullable Object value) {
        return value != null && Proxy.isProxyClass(value.getClass()) ? Proxy.getInvocationHandler(value) : null;
    }

    /** Returns whether a method is answered here, without the device. */
    static boolean isOwn(Method method) {
        int parameters = method.getParameterCount();
        return switch (method.getName()) {
            case "close", "dispose" -> parameters == 0 && method.getReturnType() == void.class;
            case "isDisposed" -> parameters == 0 && method.getReturnType() == boolean.class;
            case "toString", "hashCode" -> parameters == 0;
            case "equals" -> parameters == 1 && method.getParameterTypes()[0] == Object.class;
            default -> false;
        };
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        @Nullable Object[] all = args == null ? NO_ARGS : args;
        BoundMethod called = bound.method(method);
        if (called != null) {
            return called.invoke(object, all);
        }
        if (method.isDefault() && method.getDeclaringClass() != Disposable.class) {
            return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflectSpecial(method, method.getDeclaringClass())
                    .bindTo(proxy)
                    .invokeWithArguments(all);
        }
        return switch (method.getName()) {
            case "close", "dispose" -> {
                object.dispose();
                yield null;
            }
            case "isDisposed" -> object.isDisposed();
            case "hashCode" -> object.hashCode();
            case "equals" ->
                handler(all[0]) instanceof BoundObject other && other.object == object && other.bound == bound;
            default -> bound.type().getSimpleName() + "[" + object.lease() + "]";
        };
    }
}
