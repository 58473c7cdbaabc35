package dev.uartnet.esp32.objects;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * An object on a simulated device that has what was registered for it, and nothing else: the way to give a host a plain Java object, or a module of Java functions.
 *
 * <pre>{@code
 * SimulatedObject lamp = ScriptedObject.module("lamp")
 *         .variable("color", "white")
 *         .attribute("lit", light::isOn, value -> light.turn((Boolean) value))
 *         .method("blink", call -> light.blink(call.argument(0, "times", Long.class, 1L)))
 *         .build();
 * }</pre>
 */
public final class ScriptedObject implements SimulatedObject {
    /** What sets something. */
    @FunctionalInterface
    public interface Setter {
        /** Sets it; see {@link SimulatedObject#set}. */
        void set(@Nullable Object value) throws Exception;
    }

    /** What finds an item. */
    @FunctionalInterface
    public interface ItemGetter {
        /** Returns it; see {@link SimulatedObject#getItem}. */
        @Nullable
        Object get(@Nullable Object key) throws Exception;
    }

    /** What sets an item. */
    @FunctionalInterface
    public interface ItemSetter {
        /** Sets it; see {@link SimulatedObject#setItem}. */
        void set(@Nullable Object key, @Nullable Object value) throws Exception;
    }

    /** What reads a stream. */
    @FunctionalInterface
    public interface Reader {
        /** Returns the next bytes; see {@link SimulatedObject#read}. */
        Object read(int max) throws Exception;
    }

    private interface Getter {
        @Nullable
        Object get() throws Exception;
    }

    private record Attribute(Getter getter, @Nullable Setter setter) {}

    private final Builder script;
    private final Map<String, Attribute> attributes;

    private ScriptedObject(Builder builder) {
        script = builder;
        attributes = new LinkedHashMap<>(builder.attributes);
    }

    /** Returns a builder of an object.
     *
     * @param type name of its type
     */
    public static Builder ofType(String type) {
        return new Builder(type, "<" + type + ">");
    }

    /** Returns a builder of a module. */
    public static Builder module(String name) {
        return new Builder("module", "<module '" + name + "'>");
    }

    @Override
    public String type() {
        return script.type;
    }

    @Override
    public @Nullable Object get(String name) throws Exception {
        Attribute attribute = attributes.get(name);
        return attribute == null ? SimulatedObject.super.get(name) : attribute.getter.get();
    }

    @Override
    public void set(String name, @Nullable Object value) throws Exception {
        Attribute attribute = attributes.get(name);
        if (attribute == null || attribute.setter == null) {
            SimulatedObject.super.set(name, value);
        } else {
            attribute.setter.set(value);
        }
    }

    @Override
    public @Nullable Object call(SimulatedCall call) throws Exception {
        return script.function == null ? SimulatedObject.super.call(call) : script.function.call(call);
    }

    @Override
    public @Nullable Object getItem(@Nullable Object key) throws Exception {
        return script.itemGetter == null ? SimulatedObject.super.getItem(key) : script.itemGetter.get(key);
    }

    @Override
    public void setItem(@Nullable Object key, @Nullable Object value) throws Exception {
        if (script.itemSetter == null) {
            SimulatedObject.super.setItem(key, value);
        } else {
            script.itemSetter.set(key, value);
        }
    }

    @Override
    public Iterator<? extends @Nullable Object> iterate() throws Exception {
        return script.iterator == null ? SimulatedObject.super.iterate() : script.iterator.call();
    }

    @Override
    public Object read(int max) throws Exception {
        return script.reader == null ? SimulatedObject.super.read(max) : script.reader.read(max);
    }

    @Override
    public String str() throws Exception {
        return script.str == null ? repr() : script.str.call();
    }

    @Override
    public String repr() throws Exception {
        return script.repr.call();
    }

    /** What an object can do. Not for several threads at once; each builds one object. */
    public static final class Builder {
        private final String type;
        private final Map<String, Attribute> attributes = new LinkedHashMap<>();
        private Callable<String> repr;
        private @Nullable Callable<String> str;
        private @Nullable SimulatedFunction function;
        private @Nullable ItemGetter itemGetter;
        private @Nullable ItemSetter itemSetter;
        private @Nullable Callable<? extends Iterator<? extends @Nullable Object>> iterator;
        private @Nullable Reader reader;

        private Builder(String type, String repr) {
            this.type = type;
            this.repr = () -> repr;
        }

        private Builder put(String name, Getter getter, @Nullable Setter setter) {
            attributes.put(name, new Attribute(getter, setter));
            return this;
        }

        /** An attribute that never changes. */
        public Builder constant(String name, @Nullable Object value) {
            return put(name, () -> value, null);
        }

        /** An attribute that the host may set to any value. */
        public Builder variable(String name, @Nullable Object initial) {
            @Nullable Object[] held = {initial};
            return put(name, () -> held[0], value -> held[0] = value);
        }

        /** An attribute that the host may only read: each time that it does, the getter is called. */
        public Builder attribute(String name, Callable<? extends @Nullable Object> getter) {
            return put(name, getter::call, null);
        }

        /** An attribute that the host may read and set. */
        public Builder attribute(String name, Callable<? extends @Nullable Object> getter, Setter setter) {
            return put(name, getter::call, setter);
        }

        /** A function or a method. */
        public Builder method(String name, SimulatedFunction function) {
            return constant(name, named("function", "<function " + name + ">", function));
        }

        /** A class: calling it constructs what the function returns. */
        public Builder type(String name, SimulatedFunction constructor) {
            return constant(name, named("type", "<class '" + name + "'>", constructor));
        }

        private static SimulatedObject named(String type, String repr, SimulatedFunction function) {
            return new Builder(type, repr).callable(function).build();
        }

        /** What happens when the object itself is called. */
        public Builder callable(SimulatedFunction call) {
            function = call;
            return this;
        }

        /** Items that the host may only read. */
        public Builder items(ItemGetter getter) {
            itemGetter = getter;
            return this;
        }

        /** Items that the host may read and set. */
        public Builder items(ItemGetter getter, ItemSetter setter) {
            itemSetter = setter;
            return items(getter);
        }

        /** What is iterated over; see {@link SimulatedObject#iterate}. */
        public Builder iterator(Callable<? extends Iterator<? extends @Nullable Object>> items) {
            iterator = items;
            return this;
        }

        /** What a stream gives; see {@link SimulatedObject#read}. */
        public Builder reader(Reader next) {
            reader = next;
            return this;
        }

        /** The object as text for people. Default: that for programmers. */
        public Builder str(Callable<String> text) {
            str = text;
            return this;
        }

        /** The object as text for programmers. Default: its type's name in angle brackets. */
        public Builder repr(Callable<String> text) {
            repr = text;
            return this;
        }

        /** Builds the object. */
        public ScriptedObject build() {
            return new ScriptedObject(this);
        }
    }
}
