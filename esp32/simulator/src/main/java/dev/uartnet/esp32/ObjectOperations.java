package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.esp32.objects.PythonException;
import dev.uartnet.esp32.objects.SimulatedFunction;
import dev.uartnet.esp32.objects.SimulatedObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations on remote objects that answer with one value (PROTOCOL.md, section 8). */
final class ObjectOperations {
    private ObjectOperations() {}

    static void importModule(ObjectRequest request) throws Exception {
        String name = request.args.text("module");
        request.objects.requireAllowed(name);
        SimulatedObject module = request.objects.script().modules().get(name);
        if (module == null) {
            throw PythonException.of("ImportError", "no module named '" + name + "'");
        }
        request.answer(module, true);
    }

    static ObjectCall call(DeviceSession session, int id, Arguments args) {
        return new ObjectCall(session, id, args, request -> call((ObjectCall) request));
    }

    private static void call(ObjectCall request) throws Exception {
        Object object = request.object();
        Object named = request.args.any();
        if (named != null && !(named instanceof String)) {
            throw DeviceException.badRequest("name", "must be text or nil");
        }
        String name = named == null ? null : request.name((String) named);
        List<@Nullable Object> positional = new ArrayList<>();
        for (Object argument : request.args.list("positional")) {
            positional.add(request.objects.received(argument));
        }
        Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
        for (Map.Entry<?, ?> argument : request.args.map("keyword").entrySet()) {
            if (!(argument.getKey() instanceof String keyword)) {
                throw DeviceException.badRequest("keyword", "names must be text");
            }
            keywords.put(keyword, request.objects.received(argument.getValue()));
        }
        boolean reference = request.args.flagOrFalse("reference");
        request.answer(PythonModel.call(object, name, request.call(positional, keywords)), reference);
    }

    static void get(ObjectRequest request) throws Exception {
        Object object = request.object();
        String name = request.name();
        boolean reference = request.args.flagOrFalse("reference");
        request.answer(PythonModel.get(object, name), reference);
    }

    static void set(ObjectRequest request) throws Exception {
        Object object = request.object();
        String name = request.name();
        PythonModel.set(object, name, request.value());
        request.succeed();
    }

    static void getItem(ObjectRequest request) throws Exception {
        Object object = request.object();
        Object key = request.value();
        boolean reference = request.args.flagOrFalse("reference");
        request.answer(PythonModel.getItem(object, key), reference);
    }

    static void setItem(ObjectRequest request) throws Exception {
        Object object = request.object();
        Object key = request.value();
        PythonModel.setItem(object, key, request.value());
        request.succeed();
    }

    static void text(ObjectRequest request) throws Exception {
        Object object = request.object();
        boolean repr = request.args.flagOrFalse("repr");
        request.answer(repr ? PythonText.repr(object) : PythonText.str(object), false);
    }

    static void equal(ObjectRequest request) throws Exception {
        Object object = request.object();
        Object value = request.value();
        boolean identity = request.args.flagOrFalse("identity");
        request.succeed(identity ? PythonModel.identical(object, value) : PythonModel.equal(object, value));
    }

    static void read(ObjectRequest request) throws Exception {
        Object object = request.object();
        int wanted = request.args.integer("n", 1, Integer.MAX_VALUE);
        int max = Math.min(wanted, request.objects.valueBytesMax() - 3);
        Object position = request.args.any();
        if (position == null) {
            request.answer(PythonModel.read(object, max), ObjectOperations::bytes);
            return;
        }
        int from = Arguments.integer("position", position, 0, Integer.MAX_VALUE);
        byte[] contents = PythonModel.contents(object);
        int begin = Math.min(from, contents.length);
        request.succeed(Arrays.copyOfRange(contents, begin, begin + Math.min(max, contents.length - begin)));
    }

    private static byte[] bytes(@Nullable Object read) {
        if (read instanceof byte[] bytes) {
            return bytes;
        }
        throw PythonException.of("TypeError", "read must give bytes, not " + PythonModel.typeName(read));
    }

    static ObjectCall evaluate(DeviceSession session, int id, Arguments args) {
        return new ObjectCall(session, id, args, request -> {
            Object result = run((ObjectCall) request);
            request.answer(result, request.args.flagOrFalse("reference"));
        });
    }

    static ObjectCall execute(DeviceSession session, int id, Arguments args) {
        return new ObjectCall(session, id, args, request -> {
            Object result = run((ObjectCall) request);
            request.answerNothing(result);
        });
    }

    private static @Nullable Object run(ObjectCall request) throws Exception {
        if (!request.session.policy().allows(Policy.EXEC)) {
            throw Policy.refusal(Policy.EXEC);
        }
        SimulatedFunction interpreter = request.objects.script().interpreter();
        if (interpreter == null) {
            throw new DeviceException(
                    ErrorCode.UNSUPPORTED, "the simulator runs no Python: script evaluate(...), or use esp32/unix/run");
        }
        return interpreter.call(request.call(List.of(request.args.text("code")), Map.of()));
    }

    static void release(ObjectRequest request) throws Exception {
        long released = 0;
        for (Object argument : request.args.all()) {
            if (!(argument instanceof Handle)) {
                throw DeviceException.badRequest("handles", "must be handles");
            }
        }
        for (Object argument : request.args.all()) {
            released += request.objects.release((Handle) argument) ? 1 : 0;
        }
        request.succeed(released);
    }
}
