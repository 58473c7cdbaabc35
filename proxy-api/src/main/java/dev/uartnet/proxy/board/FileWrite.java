package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestException;
import dev.uartnet.proxy.SessionRequests;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One file on its way to the device, in pieces that fit frames. Some are under way at a time, in order: the link delivers them so, and the device checks the
 * position. The last one, which may be empty, puts the file in place.
 */
final class FileWrite {
    /** So many keep a fast line busy for the time that an answer takes. */
    private static final int UNDER_WAY = 8;
    /** Contents that are asked for ahead of what has been cut into pieces. */
    private static final int AHEAD = 2;

    /** Of a request's bytes, those around the path and the piece: array, kind, id, operation, deadline, position, last, three heads. */
    private static final int AROUND_BYTES = 40;

    private static final int PIECE_BYTES_MIN = 32;

    private final SessionRequests session;
    private final Duration timeout;
    private final String path;
    private final int overheadBytes;

    /** Set on the link's event loop, read where pieces are cut. */
    private volatile int pieceBytes = PIECE_BYTES_MIN;
    /** Cut on threads that take turns; sent on the link's event loop, whichever of its tasks runs first. */
    private final Queue<Piece> waiting = new ConcurrentLinkedQueue<>();

    /** The next piece; its bytes so far. Only in signals of the contents, as what follows. */
    private byte[] piece = new byte[0];

    private int filled;
    private long position;

    private static final class Piece {
        final long position;
        final byte[] bytes;
        final boolean last;

        Piece(long position, byte[] bytes, boolean last) {
            this.position = position;
            this.bytes = bytes;
            this.last = last;
        }
    }

    FileWrite(SessionRequests session, Duration timeout, String path) {
        this.session = session;
        this.timeout = timeout;
        this.path = path;
        this.overheadBytes = AROUND_BYTES + path.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Writes it; once. */
    Mono<Long> run(Publisher<? extends ByteBuf> contents) {
        Flux<Piece> pieces = Flux.from(contents)
                .map(this::cut)
                .flatMapIterable(cut -> cut, AHEAD)
                .concatWith(Mono.fromSupplier(() -> take(true)));
        return adapted()
                .thenMany(pieces.flatMap(this::send, UNDER_WAY))
                .last()
                .onErrorMap(RequestException.class, cause -> FileFailure.of(path, cause));
    }

    /** On the link's event loop: takes the size that pieces had best have now, less on a line that is slow, or loses frames. */
    private Mono<Integer> adapted() {
        return session.payloadBytes().doOnNext(bytes -> pieceBytes = Math.max(PIECE_BYTES_MIN, bytes - overheadBytes));
    }

    private Mono<Long> send(Piece cut) {
        waiting.add(cut);
        return adapted().flatMap(here -> {
            Piece next = waiting.remove();
            return session.request(timeout, Operation.FILE_WRITE, path, next.position, next.bytes, next.last)
                    .map(results -> Answer.ofList("write of a file", results).requiredNumber(0));
        });
    }

    /** Returns the pieces that are full with these bytes. */
    private List<Piece> cut(ByteBuf bytes) {
        try {
            List<Piece> full = new ArrayList<>();
            while (bytes.isReadable()) {
                if (piece.length == 0) {
                    piece = new byte[pieceBytes];
                }
                int more = Math.min(bytes.readableBytes(), piece.length - filled);
                bytes.readBytes(piece, filled, more);
                filled += more;
                if (filled == piece.length) {
                    full.add(take(false));
                }
            }
            return full;
        } finally {
            bytes.release();
        }
    }

    private Piece take(boolean last) {
        Piece taken = new Piece(position, Arrays.copyOf(piece, filled), last);
        position += filled;
        piece = new byte[0];
        filled = 0;
        return taken;
    }
}
