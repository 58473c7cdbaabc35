package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.BlobArguments;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.MessageEncoder;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Section 8 of PROTOCOL.md: remote objects, what is long, what takes long, and how long they live. */
@EachDeviceWithObjects
class ObjectStreamConformanceTest extends RemoteObjectTest {
    private static final int LONG = 6000;

    @BeforeParameterizedClassInvocation
    static void startDevice(DeviceKind kind) throws IOException {
        device = kind.start(DeviceKind.Objects.EVERYTHING);
    }

    // Iteration

    @Test
    void itemsComeOnDemandOnly() throws Exception {
        Handle generator = (Handle) call(module("greeter"), "count", 5);
        Items items = Items.of(host, Operation.OBJECT_ITERATE, generator);

        assertThat(items.take(2)).containsExactly(0L, 1L);
        host.request(Operation.PING); // more items would have come before its answer
        assertThat(items.arrived()).isEmpty();
        assertThat(items.request().answer().isDone()).isFalse();

        assertThat(items.takeAll()).containsExactly(2L, 3L, 4L);
        assertThat(items.results()).isEmpty();
    }

    @Test
    void anIterationIsCancelled() throws Exception {
        Handle endless = (Handle) call(module("things"), "endless");
        Items items = Items.of(host, Operation.OBJECT_ITERATE, endless);
        assertThat(items.take(100)).isEqualTo(LongStream.range(0, 100).boxed().toList());
        items.request().demand(Long.MAX_VALUE);

        items.request().answer().cancel(false);

        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
    }

    @Test
    void theSessionLivesWhileAnEndlessIterationRuns() throws Exception {
        Items items = Items.of(host, Operation.OBJECT_ITERATE, call(module("things"), "endless"));
        items.request().demand(Long.MAX_VALUE);
        for (long i = 0; i < 20; i++) {
            assertThat(host.request(Operation.PING, i)).containsExactly(i);
        }
        items.request().answer().cancel(false);
    }

    @Test
    void itemsOfAnyKindAreIterated() throws Exception {
        Handle things = module("things");
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, reference(things, "row", 40))
                        .takeAll())
                .isEqualTo(LongStream.range(0, 40).boxed().toList());
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, reference(things, "same", "Grü"))
                        .takeAll())
                .containsExactly("G", "r", "ü");
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, reference(things, "same", Map.of("k", 1)))
                        .takeAll())
                .containsExactly("k");
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, reference(things, "row", 0))
                        .takeAll())
                .isEmpty();
        assertThat(Items.of(host, Operation.OBJECT_ITERATE, reference(things, "row", 3), true)
                        .takeAll())
                .hasSize(3)
                .allMatch(item -> item instanceof Handle handle && handle.type().equals("int"));
    }

    @Test
    void anExceptionEndsTheIteration() throws Exception {
        Items items = Items.of(host, Operation.OBJECT_ITERATE, call(module("things"), "breaking", 2));
        assertThat(items.take(2)).containsExactly(0L, 1L);
        items.request().demand(1);
        assertThatThrownBy(items::results)
                .isInstanceOfSatisfying(RequestFailedException.class, error -> assertThat(raised("OSError", error))
                        .isEqualTo(List.of(5L, "broken")));
    }

    // Reading

    @Test
    void aStreamIsReadToItsEnd() throws Exception {
        byte[] content = Peer.content(700);
        Handle stream = (Handle) call(module("things"), "stream", content);
        assertThat((byte[]) one(Operation.OBJECT_READ, stream, 100, null)).isEqualTo(Arrays.copyOf(content, 100));

        byte[] rest = readAll(stream, null);

        assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 100, content.length));
        assertThat((byte[]) one(Operation.OBJECT_READ, stream, 100, null)).isEmpty();
    }

    @Test
    void whatIsTooLongIsAHandleAndReadInPieces() throws Exception {
        Handle things = module("things");
        Handle text = (Handle) call(things, "text", LONG);
        assertThat(text.type()).isEqualTo("str");
        assertThat(readAll(text, 0)).isEqualTo("x".repeat(LONG).getBytes(StandardCharsets.UTF_8));
        Handle content = (Handle) call(things, "content", LONG);
        assertThat(content.type()).isEqualTo("bytes");
        byte[] bytes = readAll(content, 0);
        assertThat(bytes).hasSize(LONG);
        assertThat(bytes[1000]).isEqualTo((byte) 1000);
        assertThat((byte[]) one(Operation.OBJECT_READ, content, 10, LONG - 4)).hasSize(4);
        assertThat((byte[]) one(Operation.OBJECT_READ, content, 10, LONG + 1)).isEmpty();
        Handle row = (Handle) call(things, "row", LONG);
        assertThat(row.type()).isEqualTo("list");
        assertThat(one(Operation.OBJECT_ITEM_GET, row, LONG - 1)).isEqualTo(LONG - 1L);
    }

    private byte[] readAll(Handle handle, @Nullable Integer position) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            Object at = position == null ? null : position + all.size();
            byte[] piece = (byte[]) one(Operation.OBJECT_READ, handle, 1 << 20, at);
            if (piece == null || piece.length == 0) {
                return all.toByteArray();
            }
            all.writeBytes(piece);
        }
    }

    @Test
    void longArgumentsComeInABlob() throws Exception {
        Handle things = module("things");
        String text = "ü".repeat(LONG / 2);
        writeBlob(7, callOf(things, "same", text));

        Handle back = handle(host.request(Operation.OBJECT_CALL, new BlobArguments(7)));

        assertThat(new String(readAll(back, 0), StandardCharsets.UTF_8)).isEqualTo(text);
        refused(ErrorCode.BAD_REQUEST, Operation.OBJECT_CALL, new BlobArguments(7));
        writeBlob(7, callOf(things, "same", "anything"));
        assertThat(host.request(Operation.OBJECT_CALL, new BlobArguments(7))).containsExactly("anything");
        host.writeBlob(8, new byte[] {(byte) 0x93, 1});
        refused(ErrorCode.BAD_REQUEST, Operation.OBJECT_CALL, new BlobArguments(8));
    }

    private void writeBlob(int blob, @Nullable Object... args) throws IOException {
        ByteBuf values = new MessageEncoder().encodeValues(UnpooledByteBufAllocator.DEFAULT, Arrays.asList(args));
        try {
            host.writeBlob(blob, ByteBufUtil.getBytes(values));
        } finally {
            values.release();
        }
    }

    // Life of handles

    @Test
    void aReleasedHandleIsUnknown() throws Exception {
        Handle first = greeter("Ada");
        Handle second = greeter("Ada");

        assertThat(host.request(Operation.OBJECT_RELEASE, first, new Handle(first.number()), new Handle(0x7FFF_FFFF)))
                .containsExactly(1L);

        refused(ErrorCode.NO_OBJECT, Operation.OBJECT_GET, first, "name");
        refused(ErrorCode.NO_OBJECT, Operation.OBJECT_CALL, callOf(module("things"), "same", List.of(first)));
        assertThat(one(Operation.OBJECT_GET, second, "name")).isEqualTo("Ada");
        assertThat(greeter("Ada").number()).isGreaterThan(second.number());
    }

    @Test
    void handlesAreListedAndEndWithTheSession() throws Exception {
        Handle things = module("things");
        Handle greeter = greeter("Ada");
        List<@Nullable Object> listed = Items.of(host, Operation.OBJECT_LIST).takeAll();
        assertThat(listed).contains(things, greeter);
        assertThat(listed.stream().map(item -> ((Handle) item).number()).toList())
                .isSorted();

        host.close();
        host = new Host(device);

        assertThat(Items.of(host, Operation.OBJECT_LIST).takeAll()).isEmpty();
        refused(ErrorCode.NO_OBJECT, Operation.OBJECT_GET, greeter, "name");
    }

    @Test
    void theRegistryIsBounded() throws Exception {
        Handle things = module("things");
        List<Object> handles = new ArrayList<>();
        RequestFailedException full = null;
        while (full == null && handles.size() < 100_000) {
            try {
                handles.add(reference(things, "same", 1));
            } catch (RequestFailedException e) {
                full = e;
            }
        }
        assertThat(full).isNotNull();
        assertThat(full.errorCode()).isEqualTo(ErrorCode.NO_RESOURCES);
        assertThat(handles).hasSizeGreaterThanOrEqualTo(63); // and the module
        assertThat(call(things, "same", 1)).isEqualTo(1L);

        assertThat(host.request(Operation.OBJECT_RELEASE, handles.get(0))).containsExactly(1L);

        refused(ErrorCode.NO_RESOURCES, Operation.OBJECT_CALL, callOf(things, "objects", 2));
        reference(things, "same", 2); // what did not find room all together has taken none
    }

    // What takes long

    @Test
    void twoCallsRunAtATimeAndEverythingElseBeside() throws Exception {
        Handle things = module("things");
        Future<List<@Nullable Object>> first =
                host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, callOf(things, "pause", 5_000));
        Future<List<@Nullable Object>> second =
                host.begin(Operation.OBJECT_CALL, Host.NO_DEADLINE, callOf(things, "pause", 200));

        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
        assertThat(Host.results(second)).containsExactly(200L);
        assertThat(first.isDone()).isFalse();
        first.cancel(false);
        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
    }

    @Test
    void aDeadlineEndsACall() throws Exception {
        Future<List<@Nullable Object>> call =
                host.begin(Operation.OBJECT_CALL, Duration.ofMillis(100), callOf(module("things"), "pause", 2000));
        Host.await(call);
        assertThat(call.cause()).isInstanceOf(RequestTimeoutException.class);
        assertThat(host.request(Operation.PING, "on")).containsExactly("on");
    }

    @Test
    void longOutputComesWholeAndInOrder() throws Exception {
        Items call = Items.of(host, Operation.OBJECT_CALL, callOf(module("things"), "speak", 20, 3000));
        assertThat(call.results()).containsExactly(20L);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            expected.append(i).append("-".repeat(3000)).append('\n');
        }
        assertThat(call.printed()).isEqualTo(expected.toString());
    }

    // Policy

    @Test
    void everythingIsEverything() throws Exception {
        assertThat(module("sys").type()).isEqualTo("module");
        assertThat(handle(host.request(Operation.OBJECT_GET, module("things"), "stop"))
                        .type())
                .isEqualTo("module");
        assertThat(raised("ImportError", Operation.OBJECT_IMPORT, "no_such_module"))
                .hasSize(1);
    }
}
