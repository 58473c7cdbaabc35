package dev.uartnet.proxy.objects;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What one method of a bound interface does with the object. */
final class BoundMethod {
    private enum Kind {
        GET,
        SET,
        CALL
    }

    private static final Set<Class<?>> SCALARS = Set.of(
            Object.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Number.class,
            BigInteger.class,
            Character.class,
            String.class,
            Optional.class,
            RemoteObject.class);

    private final Method method;
    private final Class<?> owner;
    private final String name;
    private final Kind kind;
    /** Mono, Flux or RemoteCall. */
    private final Class<?> returned;
    /** Of the Mono or Flux. */
    private final Class<?> result;
    /** Of each parameter; null: positional. */
    private final List<@Nullable String> keywords = new ArrayList<>();

    private BoundMethod(Class<?> owner, Method method) {
        this.owner = owner;
        this.method = method;
        RemoteName renamed = method.getAnnotation(RemoteName.class);
        name = renamed == null ? method.getName() : renamed.value();
        returned = method.getReturnType();
        result = result(method.getGenericReturnType());
        for (Parameter parameter : method.getParameters()) {
            Keyword keyword = parameter.getAnnotation(Keyword.class);
            keywords.add(keyword == null ? null : keyword.value());
            if (!isPassable(parameter.getType())) {
                throw refusal("its parameter " + parameter.getName() + " is a "
                        + parameter.getType().getName()
                        + "; primitive types and their classes, CharSequence, byte[], arrays, Collection, Map, Optional,"
                        + " Object, RemoteObject and bound interfaces can travel");
            }
        }
        kind = method.isAnnotationPresent(RemoteProperty.class) ? property() : Kind.CALL;
        if (name.isEmpty()) {
            throw refusal("its @RemoteName is empty");
        }
    }

    /** @throws IllegalArgumentException if it cannot be bound */
    static BoundMethod of(Class<?> owner, Method method) {
        return new BoundMethod(owner, method);
    }

    private Kind property() {
        if (keywords.stream().anyMatch(keyword -> keyword != null)) {
            throw refusal("a property has no @Keyword");
        }
        if (method.getParameterCount() == 0 && returned == Mono.class && result != Void.class) {
            return Kind.GET;
        } else if (method.getParameterCount() == 1 && returned == Mono.class && result == Void.class) {
            return Kind.SET;
        }
        throw refusal("a property is got by Mono<T> " + method.getName() + "(), and set by Mono<Void> "
                + method.getName() + "(T value)");
    }

    private Class<?> result(Type generic) {
        if (returned == RemoteCall.class) {
            return Object.class;
        }
        Type of = generic instanceof ParameterizedType publisher ? publisher.getActualTypeArguments()[0] : null;
        if ((returned != Mono.class && returned != Flux.class) || of == null) {
            throw refusal("it returns " + generic.getTypeName()
                    + "; allowed are Mono<T>, Flux<T> and RemoteCall (default methods may do anything)");
        }
        Class<?> raw = of instanceof Class<?> type
                ? type
                : of instanceof ParameterizedType parameterized ? (Class<?>) parameterized.getRawType() : null;
        boolean nothing = raw == Void.class && returned == Mono.class;
        if (raw == null || !(nothing || isBound(raw) || Conversion.isPossible(raw))) {
            throw refusal("no result of the device can be had as " + of.getTypeName() + "; possible are "
                    + Conversion.POSSIBLE + ", an interface to bind it to, and Void in a Mono");
        }
        return raw;
    }

    private static boolean isBound(Class<?> type) {
        return type.isInterface() && !Conversion.isPossible(type);
    }

    private static boolean isPassable(Class<?> type) {
        return type.isPrimitive()
                || type.isArray()
                || type.isInterface()
                || SCALARS.contains(type)
                || CharSequence.class.isAssignableFrom(type)
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type);
    }

    private IllegalArgumentException refusal(String why) {
        return new IllegalArgumentException(this + " cannot be bound: " + why);
    }

    /** The interface that a result is bound to, or null. */
    @Nullable
    Class<?> boundResult() {
        return isBound(result) ? result : null;
    }

    /** What the object must have for this to work: of attributes nothing, for they may come to be later. */
    Set<String> calledNames() {
        return kind == Kind.CALL ? Set.of(name) : Set.of();
    }

    /** @throws IllegalArgumentException if an argument cannot travel */
    Object invoke(RemoteObject object, @Nullable Object[] args) {
        if (kind == Kind.SET) {
            return object.set(name, args[0]);
        } else if (kind == Kind.GET) {
            return isBound(result) ? bound(object.getObject(name)) : object.get(name, result);
        }
        RemoteCall call = call(object, args);
        if (returned == RemoteCall.class) {
            return call;
        } else if (returned == Flux.class) {
            return isBound(result)
                    ? call.iterate(RemoteObject.class)
                            .concatMap(item -> BoundInterface.of(result).bindOwn(item), 1)
                    : call.iterate(result);
        } else if (result == Void.class) {
            return call.then();
        }
        return isBound(result) ? bound(call.object()) : call.as(result);
    }

    private Mono<?> bound(Mono<RemoteObject> object) {
        return object.flatMap(made -> BoundInterface.of(result).bindOwn(made));
    }

    private RemoteCall call(RemoteObject object, @Nullable Object[] args) {
        List<@Nullable Object> positional = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (keywords.get(i) == null) {
                if (i == args.length - 1 && method.isVarArgs() && args[i] instanceof Object[] more) {
                    positional.addAll(Arrays.asList(more));
                } else {
                    positional.add(args[i]);
                }
            }
        }
        RemoteCall call = object.call(name, positional.toArray());
        for (int i = 0; i < args.length; i++) {
            String keyword = keywords.get(i);
            if (keyword != null && args[i] != null) {
                call = call.keyword(keyword, args[i]);
            }
        }
        return call;
    }

    /** As its author knows it: {@code Machine.freq(int)}. */
    @Override
    public String toString() {
        return owner.getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
