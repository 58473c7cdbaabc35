package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.esp32.conformance.BlockingCalls;
import dev.uartnet.esp32.conformance.Device;
import dev.uartnet.esp32.conformance.Host;
import dev.uartnet.esp32.conformance.Items;
import dev.uartnet.esp32.conformance.Leaks;
import dev.uartnet.esp32.objects.GreeterModule;
import dev.uartnet.esp32.objects.PythonException;
import dev.uartnet.esp32.objects.ScriptedObject;
import dev.uartnet.esp32.objects.SimulatedCall;
import dev.uartnet.esp32.objects.SimulatedFunction;
import dev.uartnet.esp32.objects.SimulatedObject;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the objects of a virtual device are scripted. */
@Timeout(30)
class VirtualObjectsTest {
    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @AfterAll
    static void nothingLeakedOrBlocked() {
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }

    private Host host(VirtualEsp32.Builder builder) throws Exception {
        Device device = Device.inMemory(builder.build());
        open.push(device);
        Host host = new Host(device);
        open.push(host);
        return host;
    }

    /** A host that has imported a module. */
    private Host host(SimulatedObject module) throws Exception {
        Host host = host(VirtualEsp32.builder().module("it", module));
        assertThat(host.request(Operation.OBJECT_IMPORT, "it")).containsExactly(new Handle(1, module.type()));
        return host;
    }

    @SuppressWarnings("unchecked") // array of str
    private static List<Object> allowed(Host host) throws Exception {
        return (List<Object>) host.info().get("allow");
    }

    private static final Handle IT = new Handle(1);

    private static @Nullable Object call(Host host, String name, @Nullable Object... positional) throws Exception {
        return host.request(Operation.OBJECT_CALL, args(name, positional)).get(0);
    }

    private static @Nullable Object[] args(@Nullable String name, @Nullable Object... positional) {
        return new @Nullable Object[] {IT, name, List.of(positional), Map.of()};
    }

    private static RequestFailedException raised(Host host, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode()).as(error.text()).isEqualTo(ErrorCode.EXCEPTION);
        return error;
    }

    // What is offered

    @Test
    void withoutModulesThereAreNoObjects() throws Exception {
        Host host = host(VirtualEsp32.builder());
        assertThat(host.session().features() & Feature.OBJECTS).isZero();
        assertThat(host.refused(Operation.OBJECT_IMPORT, "greeter").errorCode()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(host(VirtualEsp32.builder().allow("files")).session().features() & Feature.OBJECTS)
                .isZero();
        assertThat(host(VirtualEsp32.builder().allow("sys")).session().features() & Feature.OBJECTS)
                .isNotZero();
    }

    @Test
    void aModuleIsAllowedUnlessThePolicySaysOtherwise() throws Exception {
        Host host = host(VirtualEsp32.builder().module("greeter", GreeterModule.create()));
        assertThat(host.session().features() & Feature.OBJECTS).isNotZero();
        assertThat(allowed(host)).contains("greeter", "wifi").doesNotContain("exec");
        assertThat(host.request(Operation.OBJECT_IMPORT, "greeter")).containsExactly(new Handle(1, "module"));

        Host other = host(
                VirtualEsp32.builder().module("greeter", GreeterModule.create()).allow("wifi", "other"));
        assertThat(other.refused(Operation.OBJECT_IMPORT, "greeter").text()).contains("greeter", "allow");
        assertThat(raised(other, Operation.OBJECT_IMPORT, "other").text()).contains("ImportError");
    }

    @Test
    void codeRunsWhereItIsScripted() throws Exception {
        Host none = host(VirtualEsp32.builder().allow("exec"));
        for (int operation : new int[] {Operation.OBJECT_EVAL, Operation.OBJECT_EXEC}) {
            RequestFailedException error = none.refused(operation, "1 + 1");
            assertThat(error.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(error.text()).contains("runs no Python", "esp32/unix/run");
        }

        Host host = host(VirtualEsp32.builder().evaluate(call -> {
            call.println(call.argument(0, "code", String.class));
            return CompletableFuture.completedFuture(2);
        }));
        assertThat(allowed(host)).contains("exec");
        Items evaluation = Items.of(host, Operation.OBJECT_EVAL, "1 + 1", false);
        assertThat(evaluation.results()).containsExactly(2L);
        assertThat(evaluation.printed()).isEqualTo("1 + 1\n");
        Items execution = Items.of(host, Operation.OBJECT_EXEC, "pass");
        assertThat(execution.results()).isEmpty();
        assertThat(execution.printed()).isEqualTo("pass\n");
        assertThat(host.request(Operation.OBJECT_EVAL, "1 + 1", true)).containsExactly(new Handle(1, "int"));
    }

    @Test
    void theRegistryHasItsBound() throws Exception {
        Host host = host(VirtualEsp32.builder().handles(64).module("it", GreeterModule.create()));
        for (int i = 1; i <= 64; i++) {
            assertThat(host.request(Operation.OBJECT_IMPORT, "it")).containsExactly(new Handle(i, "module"));
        }
        assertThat(host.refused(Operation.OBJECT_IMPORT, "it").errorCode()).isEqualTo(ErrorCode.NO_RESOURCES);
        assertThatThrownBy(() -> VirtualEsp32.builder().handles(63)).hasMessageContaining("64");
    }

    // Objects

    @Test
    void anObjectHasWhatItsScriptSays() throws Exception {
        Map<Object, @Nullable Object> items = new HashMap<>();
        Host host = host(ScriptedObject.ofType("It")
                .constant("fixed", 1)
                .variable("free", "a")
                .attribute("size", items::size)
                .callable(SimulatedCall::keywords)
                .items(items::get, items::put)
                .iterator(() -> List.of(1, 2).iterator())
                .reader(max -> new byte[Math.min(max, 3)])
                .repr(() -> "It()")
                .build());
        host.request(Operation.OBJECT_SET, IT, "free", "b");
        assertThat(host.request(Operation.OBJECT_GET, IT, "free")).containsExactly("b");
        assertThat(host.request(Operation.OBJECT_GET, IT, "fixed")).containsExactly(1L);
        assertThat(raised(host, Operation.OBJECT_SET, IT, "fixed", 2).text()).contains("AttributeError");
        host.request(Operation.OBJECT_ITEM_SET, IT, "k", "v");
        assertThat(host.request(Operation.OBJECT_ITEM_GET, IT, "k")).containsExactly("v");
        assertThat(host.request(Operation.OBJECT_GET, IT, "size")).containsExactly(1L);
        assertThat(host.request(Operation.OBJECT_CALL, IT, null, List.of(), Map.of("a", 1)))
                .containsExactly(Map.of("a", 1L));
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, IT).takeAll()).containsExactly(1L, 2L);
        assertThat((byte[]) host.request(Operation.OBJECT_READ, IT, 2, null).get(0))
                .hasSize(2);
        assertThat(host.request(Operation.OBJECT_TEXT, IT, false)).containsExactly("It()");
    }

    /** An object by hand, with what the interface gives it. */
    private static final class Bare implements SimulatedObject {}

    @Test
    void whatAnObjectDoesNotHaveIsAnExceptionOfPython() throws Exception {
        Host host = host(new Bare());
        assertThat(raised(host, Operation.OBJECT_GET, IT, "x").text())
                .isEqualTo("AttributeError: 'Bare' object has no attribute 'x'");
        assertThat(raised(host, Operation.OBJECT_SET, IT, "x", 1).text()).startsWith("AttributeError");
        assertThat(raised(host, Operation.OBJECT_CALL, args("x")).text()).startsWith("AttributeError");
        assertThat(raised(host, Operation.OBJECT_CALL, args(null)).text()).startsWith("TypeError");
        assertThat(raised(host, Operation.OBJECT_ITEM_GET, IT, 1).text()).startsWith("TypeError");
        assertThat(raised(host, Operation.OBJECT_ITEM_SET, IT, 1, 1).text()).startsWith("TypeError");
        assertThat(raised(host, Operation.OBJECT_ITERATE, IT).text()).startsWith("TypeError");
        assertThat(raised(host, Operation.OBJECT_READ, IT, 1, null).text()).startsWith("AttributeError");
        assertThat(raised(host, Operation.OBJECT_READ, IT, 1, 0).text()).startsWith("TypeError");
        assertThat(host.request(Operation.OBJECT_TEXT, IT, false)).containsExactly("<Bare>");
    }

    @Test
    void aJavaObjectIsPassedAround() throws Exception {
        Thread thread = Thread.currentThread();
        SimulatedFunction function = call -> call.positional().size();
        Host host = host(ScriptedObject.module("it")
                .constant("thread", thread)
                .constant("function", function)
                .method("same", call -> call.positional().get(0) == thread)
                .build());
        Object handle = host.request(Operation.OBJECT_GET, IT, "thread").get(0);
        assertThat(call(host, "same", handle)).isEqualTo(true);
        Object called = host.request(Operation.OBJECT_GET, IT, "function").get(0);
        assertThat(host.request(Operation.OBJECT_CALL, called, null, List.of(1, 2), Map.of()))
                .containsExactly(2L);
        assertThat(call(host, "function", 1)).isEqualTo(1L);
    }

    // Failures

    @Test
    void anExceptionOfJavaKeepsItsName() throws Exception {
        Host host = host(ScriptedObject.module("it")
                .method("now", call -> {
                    throw new IllegalStateException("broken");
                })
                .method(
                        "later",
                        call -> CompletableFuture.supplyAsync(() -> {
                            throw new IllegalStateException("broken");
                        }))
                .method("own", call -> {
                    throw PythonException.of("MyError", 1, List.of("a", new Bare()))
                            .withTraceback("line 1");
                })
                .build());
        for (String name : List.of("now", "later")) {
            RequestFailedException error = raised(host, Operation.OBJECT_CALL, args(name));
            assertThat(error.text()).isEqualTo("IllegalStateException: broken");
            assertThat(error.details().subList(0, 2)).isEqualTo(List.of("IllegalStateException", List.of("broken")));
            assertThat((String) error.details().get(2)).contains(VirtualObjectsTest.class.getSimpleName());
        }
        RequestFailedException own = raised(host, Operation.OBJECT_CALL, args("own"));
        assertThat(own.details()).isEqualTo(List.of("MyError", List.of(1L, List.of("a", "<Bare>")), "line 1"));
    }

    // Calls that take time

    @Test
    void printingFailsWhenNobodyWaits() throws Exception {
        CompletableFuture<SimulatedCall> began = new CompletableFuture<>();
        CompletableFuture<Object> never = new CompletableFuture<>();
        Host host = host(ScriptedObject.module("it")
                .method("run", call -> {
                    began.complete(call);
                    return never;
                })
                .build());
        Items run = Items.of(host, Operation.OBJECT_CALL, args("run"));
        SimulatedCall call = began.get(10, TimeUnit.SECONDS);
        call.print("heard");

        run.request().answer().cancel(false);
        host.request(Operation.PING); // behind CANCEL

        assertThatThrownBy(() -> call.print("unheard")).isInstanceOf(CancellationException.class);
        never.complete("dropped");
        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
    }

    @Test
    void printingFailsWhenTheSessionHasEnded() throws Exception {
        CompletableFuture<SimulatedCall> began = new CompletableFuture<>();
        VirtualEsp32 virtual = VirtualEsp32.builder()
                .module(
                        "it",
                        ScriptedObject.module("it")
                                .method("run", call -> {
                                    began.complete(call);
                                    return new CompletableFuture<>();
                                })
                                .build())
                .build();
        Device device = Device.inMemory(virtual);
        open.push(device);
        Host host = new Host(device);
        host.request(Operation.OBJECT_IMPORT, "it");
        Future<?> unused = host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, args("run"));
        SimulatedCall call = began.get(10, TimeUnit.SECONDS);

        virtual.close();

        assertThatThrownBy(() -> call.print("unheard")).isInstanceOf(CancellationException.class);
        host.close();
    }

    @Test
    void whatIsPrintedAfterTheEndIsAnEvent() throws Exception {
        CompletableFuture<SimulatedCall> done = new CompletableFuture<>();
        Host host = host(ScriptedObject.module("it")
                .method("run", call -> {
                    call.print("in time");
                    done.complete(call);
                    return null;
                })
                .build());
        Items run = Items.of(host, Operation.OBJECT_CALL, args("run"));
        assertThat(run.results()).hasSize(1).containsOnlyNulls();
        assertThat(run.printed()).isEqualTo("in time");

        done.get().print("later");

        assertThat(host.awaitEvent(EventKind.OUTPUT)).containsExactly("later");
    }

    /** A generator whose items take time, and which knows when it is closed. */
    private static final class Slow implements Iterator<Object>, AutoCloseable {
        final CompletableFuture<Object> first = new CompletableFuture<>();
        final CompletableFuture<Boolean> closed = new CompletableFuture<>();
        private int taken;

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Object next() {
            return taken++ == 0 ? first : taken;
        }

        @Override
        public void close() {
            closed.complete(true);
        }
    }

    @Test
    void anIteratorMayTakeTimeAndIsClosed() throws Exception {
        Slow slow = new Slow();
        Host host =
                host(ScriptedObject.module("it").method("items", call -> slow).build());
        Items items = Items.of(host, Operation.OBJECT_ITERATE, call(host, "items"));
        items.request().demand(1);
        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
        assertThat(items.arrived()).isEmpty();

        slow.first.complete("at last");

        assertThat(items.take(1)).hasSize(1);
        assertThat(slow.closed).isNotDone();
        items.request().answer().cancel(false);
        assertThat(slow.closed.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
