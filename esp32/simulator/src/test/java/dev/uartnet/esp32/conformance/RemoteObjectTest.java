package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Tests of remote objects on one device with the modules {@code greeter} and {@code things}, for all tests of a class. */
abstract class RemoteObjectTest {
    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    static Device device;

    @Parameter
    DeviceKind kind;

    Host host;

    @AfterParameterizedClassInvocation
    static void stopDevice() {
        device.close();
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }

    @BeforeEach
    void open() throws Exception {
        host = new Host(device);
    }

    @AfterEach
    void close() {
        host.close();
    }

    // What a host says

    Handle module(String name) throws IOException {
        return handle(host.request(Operation.OBJECT_IMPORT, name));
    }

    static Handle handle(List<@Nullable Object> results) {
        assertThat(results).singleElement().isInstanceOf(Handle.class);
        return (Handle) results.get(0);
    }

    /** Calls a function or a method and returns its only result. */
    @Nullable
    Object call(Object object, @Nullable String name, @Nullable Object... positional) throws IOException {
        return one(Operation.OBJECT_CALL, callOf(object, name, positional));
    }

    /** The arguments of a call. */
    static @Nullable Object[] callOf(Object object, @Nullable String name, @Nullable Object... positional) {
        return new @Nullable Object[] {object, name, Arrays.asList(positional), Map.of()};
    }

    /** Calls, and wants a handle whatever the result is. */
    Handle reference(Object object, String name, @Nullable Object... positional) throws IOException {
        return handle(host.request(Operation.OBJECT_CALL, object, name, Arrays.asList(positional), Map.of(), true));
    }

    /** Returns the only result of a request. */
    @Nullable
    Object one(int operation, @Nullable Object... args) throws IOException {
        List<@Nullable Object> results = host.request(operation, args);
        assertThat(results).hasSize(1);
        return results.get(0);
    }

    Handle greeter(String name) throws IOException {
        return (Handle) call(module("greeter"), "Greeter", name);
    }

    // What the device refuses

    RequestFailedException refused(ErrorCode code, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode()).as(error.text()).isEqualTo(code);
        return error;
    }

    /** The request raises an exception of that type; returns its arguments. */
    List<?> raised(String type, int operation, @Nullable Object... args) {
        RequestFailedException error = refused(ErrorCode.EXCEPTION, operation, args);
        return raised(type, error);
    }

    static List<?> raised(String type, RequestFailedException error) {
        assertThat(error.details()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(error.details().get(0)).isEqualTo(type);
        assertThat(error.text()).startsWith(type);
        assertThat((String) error.details().get(2)).contains("Traceback").contains(type);
        return (List<?>) error.details().get(1);
    }
}
