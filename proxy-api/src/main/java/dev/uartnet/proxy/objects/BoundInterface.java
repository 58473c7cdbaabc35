package dev.uartnet.proxy.objects;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A Java interface that stands for objects of the device: what each of its methods does there.
 *
 * @param <T> the interface
 */
final class BoundInterface<T> {
    private static final ClassValue<BoundInterface<?>> KNOWN = new ClassValue<>() {
        @Override
        protected BoundInterface<?> computeValue(Class<?> type) {
            return new BoundInterface<>(type);
        }
    };

    /** Names of types that say nothing of what their objects have. */
    private static final Set<String> GENERAL = Set.of("module", "type");

    private final Class<T> type;
    private final Map<Method, BoundMethod> methods = new HashMap<>();

    private BoundInterface(Class<T> type) {
        this.type = type;
        for (Method method : type.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !method.isDefault() && !BoundObject.isOwn(method)) {
                methods.put(method, BoundMethod.of(type, method));
            }
        }
    }

    /**
     * Returns what an interface says, and looks at those that its methods result in, too.
     *
     * @throws IllegalArgumentException if one cannot be bound; the message names the method
     */
    static <T> BoundInterface<T> of(Class<T> type) {
        if (!type.isInterface() || type.isAnnotation() || type.isSealed()) {
            throw new IllegalArgumentException(
                    type.getName() + " cannot be bound: only an interface can (neither an annotation nor sealed)");
        }
        Set<Class<?>> seen = new HashSet<>(Set.of(type));
        ArrayDeque<Class<?>> left = new ArrayDeque<>(seen);
        while (!left.isEmpty()) {
            for (BoundMethod method : KNOWN.get(left.remove()).methods.values()) {
                Class<?> result = method.boundResult();
                if (result != null && seen.add(result)) {
                    left.add(result);
                }
            }
        }
        return known(type);
    }

    @SuppressWarnings("unchecked")
    private static <T> BoundInterface<T> known(Class<T> type) {
        return (BoundInterface<T>) KNOWN.get(type);
    }

    /** Lets it stand for an object that nobody else has: it is disposed of if that fails. */
    Mono<T> bindOwn(RemoteObject object) {
        return Mono.defer(() -> {
            AtomicBoolean handedOn = new AtomicBoolean();
            return bind(object)
                    .doOnNext(bound -> handedOn.set(true))
                    .doOnError(failure -> object.dispose())
                    .doOnCancel(() -> {
                        if (!handedOn.get()) {
                            object.dispose();
                        }
                    });
        });
    }

    /** Lets it stand for an object, if that has what the methods call. */
    Mono<T> bind(RemoteObject object) {
        return Mono.defer(() -> {
            Set<Shape> known = object.lease().session().shapes();
            Shape shape = new Shape(type, object.type());
            if (known.contains(shape)) {
                return Mono.just(proxy(object));
            }
            return missing(object).flatMap(names -> {
                if (!names.isEmpty()) {
                    return Mono.error(lacks(object, names));
                }
                if (!GENERAL.contains(object.type())) {
                    known.add(shape);
                }
                return Mono.just(proxy(object));
            });
        });
    }

    /** An interface, and a type of the device that is known to have what it calls. */
    record Shape(Class<?> java, String python) {}

    private Mono<Set<String>> missing(RemoteObject object) {
        Set<String> called = new TreeSet<>();
        methods.values().forEach(method -> called.addAll(method.calledNames()));
        return Flux.fromIterable(called)
                .flatMap(name -> object.getObject(name)
                        .doOnNext(RemoteObject::dispose)
                        .then(Mono.<String>empty())
                        .onErrorResume(
                                failure -> failure instanceof RemoteException raised
                                        && raised.type().equals("AttributeError"),
                                failure -> Mono.just(name)))
                .collect(TreeSet::new, Collection::add);
    }

    private NoSuchMethodException lacks(RemoteObject object, Set<String> names) {
        List<String> callers = new ArrayList<>();
        methods.values().forEach(method -> {
            if (method.calledNames().stream().anyMatch(names::contains)) {
                callers.add(method.toString());
            }
        });
        callers.sort(null);
        return new NoSuchMethodException("on the device, " + object.lease().name() + " (" + object.type() + ") has no "
                + String.join(", ", names) + "; called by " + String.join(", ", callers)
                + " (@RemoteName gives another name, @RemoteProperty makes it an attribute)");
    }

    private T proxy(RemoteObject object) {
        InvocationHandler handler = new BoundObject(this, object);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    Class<T> type() {
        return type;
    }

    @Nullable
    BoundMethod method(Method method) {
        return methods.get(method);
    }
}
