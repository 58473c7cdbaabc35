package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Operation;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the bytes of an object, piece by piece. */
final class ObjectReads {
    private static final byte[] END = {};
    /** They have contents, which have positions; of others the next bytes are read. */
    private static final Set<String> CONTENTS = Set.of("bytes", "bytearray", "memoryview", "array", "str");

    private final RemoteObject object;
    private final Duration limit;

    ObjectReads(RemoteObject object) {
        this(object, Duration.ZERO);
    }

    private ObjectReads(RemoteObject object, Duration limit) {
        this.object = object;
        this.limit = limit;
    }

    /** @param limit for each piece; zero: none */
    ObjectReads within(Duration limit) {
        return new ObjectReads(object, limit);
    }

    /** Reads one piece: no bytes at the end. */
    private Mono<byte[]> piece(int bytesMax, int position) {
        Integer from = CONTENTS.contains(object.type()) ? position : null;
        return object.lease()
                .session()
                .request(ObjectOperation.of(
                                Operation.OBJECT_READ,
                                "read of '" + object.lease().name() + "'",
                                object,
                                bytesMax,
                                from)
                        .within(limit))
                .map(this::bytes)
                .defaultIfEmpty(END);
    }

    private byte[] bytes(Object answer) {
        if (answer instanceof byte[] bytes) {
            return bytes;
        }
        throw Exceptions.propagate(new ProtocolException(
                "the device answered a read of '" + object.lease().name() + "' with " + answer));
    }

    /** All pieces to the end, each when it is asked for. */
    Flux<byte[]> pieces() {
        return pieces(() -> Integer.MAX_VALUE);
    }

    /** @param room how many bytes are wanted at that moment; the end, if none */
    private Flux<byte[]> pieces(IntSupplier room) {
        return Flux.defer(() -> {
            AtomicInteger position = new AtomicInteger();
            return Mono.defer(() -> {
                        int bytesMax = Math.min(
                                room.getAsInt(), object.lease().session().readBytes());
                        return bytesMax == 0 ? Mono.just(END) : piece(bytesMax, position.get());
                    })
                    .doOnNext(piece -> position.addAndGet(piece.length))
                    .repeat()
                    .takeWhile(piece -> piece.length > 0);
        });
    }

    /** All that is there, from the beginning. */
    Mono<byte[]> whole() {
        return pieces().collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
                .map(ByteArrayOutputStream::toByteArray);
    }

    /** Fills a buffer, as far as there is something; emits how many bytes. */
    Mono<Integer> into(ByteBuf buffer) {
        // It must not be freed under the event loop, whatever its owner does after a cancellation.
        return Mono.using(
                buffer::retain,
                target -> pieces(target::writableBytes)
                        .doOnNext(target::writeBytes)
                        .reduce(0, (sum, piece) -> sum + piece.length),
                ByteBuf::release);
    }
}
