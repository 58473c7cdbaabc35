package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Section 8 of PROTOCOL.md: remote objects, attributes, calls, exceptions. */
@EachDeviceWithObjects
class ObjectConformanceTest extends RemoteObjectTest {
    @BeforeParameterizedClassInvocation
    static void startDevice(DeviceKind kind) throws IOException {
        device = kind.start(DeviceKind.Objects.LISTED);
    }

    @Test
    void theDeviceOffersObjectsAndSaysWhichModules() throws Exception {
        assertThat(host.session().features() & Feature.OBJECTS).isNotZero();
        assertThat((List<?>) host.info().get("allow"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .contains("greeter", "things");
    }

    // The demonstration

    @Test
    void anObjectIsImportedConstructedAndCalled() throws Exception {
        Handle module = module("greeter");
        assertThat(module.type()).isEqualTo("module");

        Handle greeter = greeter("Ada");

        assertThat(greeter.type()).isEqualTo("Greeter");
        assertThat(call(greeter, "greet")).isEqualTo("Hello, Ada!");
        assertThat(one(Operation.OBJECT_TEXT, greeter, false)).isEqualTo("Greeter of Ada");
    }

    @Test
    void aPropertyIsReadAndSet() throws Exception {
        Handle greeter = greeter("Ada");
        assertThat(one(Operation.OBJECT_GET, greeter, "name")).isEqualTo("Ada");

        assertThat(host.request(Operation.OBJECT_SET, greeter, "name", "Grace")).isEmpty();

        assertThat(one(Operation.OBJECT_GET, greeter, "name")).isEqualTo("Grace");
        assertThat(call(greeter, "greet")).isEqualTo("Hello, Grace!");
    }

    @Test
    void whatACallPrintsComesBeforeItsEnd() throws Exception {
        Handle greeter = greeter("Ada");

        Items call = Items.of(host, Operation.OBJECT_CALL, greeter, "greet", List.of(), Map.of("times", 3));

        assertThat(call.results()).containsExactly("Hello, Ada!");
        assertThat(call.printed()).isEqualTo("Hello, Ada!\n".repeat(3));
    }

    @Test
    void anExceptionComesWithTypeArgumentsAndTraceback() throws Exception {
        RequestFailedException error =
                refused(ErrorCode.EXCEPTION, Operation.OBJECT_CALL, callOf(greeter("Ada"), "fail"));

        assertThat(raised("ValueError", error)).isEqualTo(List.of("bad", 42L));
        assertThat((String) error.details().get(2)).contains("fail");
    }

    // Calls

    @Test
    void argumentsArePositionalAndNamed() throws Exception {
        Handle things = module("things");
        assertThat(one(
                        Operation.OBJECT_CALL,
                        things,
                        "arguments",
                        Arrays.asList(1, null, "two"),
                        Map.of("three", List.of(3.5, true))))
                .isEqualTo(List.of(Arrays.asList(1L, null, "two"), Map.of("three", List.of(3.5, true))));
        Handle greeterClass = handle(host.request(Operation.OBJECT_GET, module("greeter"), "Greeter"));
        Handle greeter = handle(
                host.request(Operation.OBJECT_CALL, greeterClass, null, List.of(), Map.of("name", "Ada"), false));
        assertThat(one(Operation.OBJECT_GET, greeter, "name")).isEqualTo("Ada");
    }

    @Test
    void valuesTravelByCopy() throws Exception {
        Handle things = module("things");
        List<@Nullable Object> values = Arrays.asList(
                null,
                true,
                0L,
                -1L,
                1L << 40,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                1.5,
                "Grüße",
                List.of(1L, List.of("a")),
                Map.of("k", 2L));
        for (Object value : values) {
            assertThat(call(things, "same", value)).isEqualTo(value);
        }
        assertThat(call(things, "same", new byte[] {1, 2})).isEqualTo(new byte[] {1, 2});
        assertThat(one(Operation.OBJECT_GET, things, "nothing")).isNull();
    }

    @Test
    void whatIsNoValueIsAHandle() throws Exception {
        Handle things = module("things");
        Handle huge = handle(host.request(Operation.OBJECT_GET, things, "huge"));
        assertThat(huge.type()).isEqualTo("int");
        assertThat(one(Operation.OBJECT_TEXT, huge, false)).isEqualTo("1180591620717411303424");
        assertThat(handle(host.request(Operation.OBJECT_GET, module("greeter"), "count"))
                        .type())
                .isNotEmpty();
        assertThat((List<?>) call(things, "objects", 2)).hasSize(2).allMatch(Handle.class::isInstance);
    }

    @Test
    void aReferenceIsTheObjectItself() throws Exception {
        Handle things = module("things");
        Handle notes = handle(host.request(Operation.OBJECT_GET, things, "notes", true));
        assertThat(notes.type()).isEqualTo("dict");

        host.request(Operation.OBJECT_ITEM_SET, notes, "two", 2);

        Map<?, ?> copy = (Map<?, ?>) one(Operation.OBJECT_GET, things, "notes");
        assertThat(copy.get("two")).isEqualTo(2L);
        Handle number = reference(things, "same", 7);
        assertThat(number.type()).isEqualTo("int");
        assertThat(call(things, "same", number)).isEqualTo(7L);
        assertThat(call(things, "same", handle(host.request(Operation.OBJECT_GET, things, "nothing", true))))
                .isNull();
    }

    @Test
    void handlesInArgumentsAreTheirObjects() throws Exception {
        Handle things = module("things");
        Handle greeter = greeter("Ada");

        Object back = call(things, "same", List.of(Map.of("deep", List.of(greeter, 1))));

        Object deep = ((Map<?, ?>) ((List<?>) back).get(0)).get("deep");
        Handle again = (Handle) ((List<?>) deep).get(0);
        assertThat(again.number()).isNotEqualTo(greeter.number());
        assertThat(one(Operation.OBJECT_EQUAL, again, greeter, true)).isEqualTo(true);
        assertThat(call(
                        things,
                        "same",
                        new Handle(reference(things, "same", "text").number())))
                .isEqualTo("text");
    }

    @Test
    void whatIsNestedTooDeepIsAHandle() throws Exception {
        Handle things = module("things");
        Object value = call(things, "nest", 20);
        int depth = 0;
        while (value instanceof List<?> list) {
            depth++;
            value = list.isEmpty() ? null : list.get(0);
        }
        assertThat(depth).isBetween(1, 7);
        assertThat(value).isInstanceOf(Handle.class);
        assertThat(((Handle) value).type()).isEqualTo("list");
    }

    // Items, text, equality

    @Test
    void itemsAreReadAndSet() throws Exception {
        Handle things = module("things");
        Handle numbers = handle(host.request(Operation.OBJECT_GET, things, "numbers", true));
        assertThat(one(Operation.OBJECT_ITEM_GET, numbers, 0)).isEqualTo(1L);
        assertThat(one(Operation.OBJECT_ITEM_GET, numbers, -1)).isEqualTo(3L);
        assertThat(host.request(Operation.OBJECT_ITEM_SET, numbers, 1, "two")).isEmpty();
        assertThat(one(Operation.OBJECT_TEXT, numbers, true)).isEqualTo("[1, 'two', 3]");
        host.request(Operation.OBJECT_ITEM_SET, numbers, 1, 2);
        Handle notes = handle(host.request(Operation.OBJECT_GET, things, "notes", true));
        assertThat(one(Operation.OBJECT_ITEM_GET, notes, "one")).isEqualTo(1L);
        assertThat(handle(host.request(Operation.OBJECT_ITEM_GET, notes, "one", true))
                        .type())
                .isEqualTo("int");
        assertThat(raised("IndexError", Operation.OBJECT_ITEM_GET, numbers, 3)).hasSize(1);
        assertThat(raised("KeyError", Operation.OBJECT_ITEM_GET, notes, "missing"))
                .isEqualTo(List.of("missing"));
        raised("TypeError", Operation.OBJECT_ITEM_GET, greeter("Ada"), 0);
        raised("TypeError", Operation.OBJECT_ITEM_SET, greeter("Ada"), 0, 1);
    }

    @Test
    void textIsForPeopleOrForProgrammers() throws Exception {
        Handle text = reference(module("things"), "same", "it's");
        assertThat(one(Operation.OBJECT_TEXT, text, false)).isEqualTo("it's");
        assertThat(one(Operation.OBJECT_TEXT, text, true)).isEqualTo("\"it's\"");
        assertThat((String) one(Operation.OBJECT_TEXT, greeter("Ada"), true)).startsWith("<Greeter");
        assertThat((String) one(Operation.OBJECT_TEXT, module("greeter"), true)).contains("module", "greeter");
    }

    @Test
    void objectsAreEqualOrTheSame() throws Exception {
        Handle things = module("things");
        Handle list = reference(things, "same", List.of(1, 2));
        assertThat(one(Operation.OBJECT_EQUAL, list, List.of(1, 2), false)).isEqualTo(true);
        assertThat(one(Operation.OBJECT_EQUAL, list, List.of(1, 2), true)).isEqualTo(false);
        assertThat(one(Operation.OBJECT_EQUAL, list, List.of(1), false)).isEqualTo(false);
        assertThat(one(Operation.OBJECT_EQUAL, list, reference(things, "same", list), true))
                .isEqualTo(true);
        assertThat(one(Operation.OBJECT_EQUAL, reference(things, "same", 2), 2.0, false))
                .isEqualTo(true);
        assertThat(one(Operation.OBJECT_EQUAL, greeter("Ada"), greeter("Ada"), false))
                .isEqualTo(false);
    }

    // Exceptions

    @Test
    void whatIsNotThereRaises() throws Exception {
        Handle greeter = greeter("Ada");
        raised("AttributeError", Operation.OBJECT_GET, greeter, "age");
        raised("AttributeError", Operation.OBJECT_CALL, callOf(greeter, "leave"));
        raised("TypeError", Operation.OBJECT_CALL, callOf(greeter, null));
        raised("TypeError", Operation.OBJECT_CALL, callOf(module("greeter"), "Greeter"));
        assertThatThrownBy(
                        () -> Items.of(host, Operation.OBJECT_ITERATE, greeter).takeAll())
                .isInstanceOfSatisfying(RequestFailedException.class, error -> raised("TypeError", error));
    }

    @Test
    void anExceptionIsCutToAFrame() throws Exception {
        RequestFailedException error =
                refused(ErrorCode.EXCEPTION, Operation.OBJECT_CALL, callOf(module("things"), "fail_long", 10_000));
        assertThat(error.details().get(0)).isEqualTo("ValueError");
        assertThat(error.details().get(1)).isInstanceOf(List.class);
        assertThat((String) error.details().get(2)).isNotEmpty();
    }

    // Policy

    @Test
    void modulesThatAreNotListedAreRefused() throws Exception {
        for (String name : List.of("sys", "no_such_module")) {
            RequestFailedException error = refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_IMPORT, name);
            assertThat(error.text()).contains(name).contains("allow");
        }
        refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_GET, module("things"), "stop");
        refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_GET, module("things"), "stop", true);
    }

    @Test
    void namesOfTheInterpreterAreRefused() throws Exception {
        Handle greeter = greeter("Ada");
        RequestFailedException error = refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_GET, greeter, "__class__");
        assertThat(error.text()).contains("everything");
        refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_CALL, callOf(greeter, "__str__"));
    }

    @Test
    void codeIsRefused() {
        RequestFailedException error = refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_EVAL, "1");
        assertThat(error.text()).contains("exec");
        refused(ErrorCode.NOT_ALLOWED, Operation.OBJECT_EXEC, "pass");
    }

    // Arguments

    @Test
    void wrongArgumentsAreNamed() throws Exception {
        Handle greeter = greeter("Ada");
        bad("module", Operation.OBJECT_IMPORT, 1);
        bad("name", Operation.OBJECT_CALL, greeter, 1, List.of(), Map.of());
        bad("positional", Operation.OBJECT_CALL, greeter, "greet", "text", Map.of());
        bad("keyword", Operation.OBJECT_CALL, greeter, "greet", List.of(), List.of());
        bad("object", Operation.OBJECT_GET, "text", "name");
        bad("object", Operation.OBJECT_ITERATE, 1);
        bad("name", Operation.OBJECT_GET, greeter, null);
        bad("reference", Operation.OBJECT_GET, greeter, "name", "yes");
        bad("n", Operation.OBJECT_READ, greeter, "all", null);
    }

    private void bad(String word, int operation, @Nullable Object... args) {
        assertThat(refused(ErrorCode.BAD_REQUEST, operation, args).text()).contains(word);
    }

    // Many at once

    @Test
    void aThousandCallsInFlightAreAllAnswered() throws Exception {
        Handle things = module("things");
        List<Future<List<@Nullable Object>>> answers = new ArrayList<>();
        for (long i = 0; i < 1000; i++) {
            answers.add(host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, callOf(things, "same", i)));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(Host.results(answers.get(i))).containsExactly((long) i);
        }
    }
}
