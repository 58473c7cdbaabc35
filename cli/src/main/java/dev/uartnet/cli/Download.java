package dev.uartnet.cli;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.PrematureCloseException;

/**
 * One HTTP GET, read by a thread that may block. At most some pieces wait for the reader: while it does not read, the
 * device's socket is not read either.
 *
 * <p>States: CONNECTING until the request is sent; then silence for the timeout fails it, but only while the reader waits (a reader that
 * takes its time is no stall); HEADERS from {@link #start}; over with {@link #next} returning null or throwing.
 */
final class Download implements AutoCloseable {
    /** Pieces of at most some kB each. */
    private static final int PIECES_WAITING_MAX = 16;

    private static final int REDIRECTS_MAX = 10;
    private static final int STATUS_REDIRECTION = 300;

    /** What the server says before the body. */
    private record Head(String url, HttpResponseStatus status, @Nullable String location, long length) {}

    /** The body's end. */
    private enum End {
        COMPLETE
    }

    private final URI url;
    private final Duration timeout;
    private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private final Reader reader = new Reader();
    private final HttpClient client;
    private volatile boolean requestSent;
    private long length = -1;
    private long received;

    Download(HttpClient client, URI url, Duration timeout) throws IOException {
        this.url = url;
        this.timeout = timeout;
        String agent = "uartnet/" + Version.number();
        this.client = client.keepAlive(false)
                // A request that has failed is told, not silently tried again.
                .disableRetry(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE))
                .headers(headers ->
                        headers.set(HttpHeaderNames.USER_AGENT, agent).set(HttpHeaderNames.ACCEPT, "*/*"))
                .followRedirect(Download::follows)
                .doAfterRequest((request, connection) -> requestSent = true);
    }

    private static boolean follows(HttpClientRequest request, HttpClientResponse response) {
        return switch (response.status().code()) {
            case 301, 302, 303, 307, 308 ->
                response.responseHeaders().contains(HttpHeaderNames.LOCATION)
                        && request.redirectedFrom().length < REDIRECTS_MAX;
            default -> false;
        };
    }

    /**
     * Sends the request and waits for the answer's head.
     *
     * @throws RemoteFailureException the server has nothing for us; the message has the status
     */
    void start() throws Exception {
        client.request(HttpMethod.GET).uri(url).response(this::body).subscribe(reader);
        Object event = await();
        if (!(event instanceof Head head)) {
            throw new RemoteFailureException(
                    "cannot get " + url + ": the server closed the connection without an answer");
        }
        if (head.status().code() >= STATUS_REDIRECTION) {
            throw new RemoteFailureException("cannot get " + head.url() + ": " + head.status()
                    + (head.location() == null ? "" : " (to " + head.location() + ", not followed)"));
        }
        length = head.length();
    }

    private Publisher<Object> body(HttpClientResponse response, ByteBufFlux content) {
        Head head = new Head(
                response.resourceUrl() == null ? url.toString() : response.resourceUrl(),
                response.status(),
                response.responseHeaders().get(HttpHeaderNames.LOCATION),
                length(response));
        return Flux.<Object>just(head).concatWith(content.asByteArray());
    }

    private static long length(HttpClientResponse response) {
        String length = response.responseHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        boolean chunked = response.responseHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING);
        try {
            return length == null || chunked ? -1 : Long.parseLong(length.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Returns the body's length in bytes, -1 if the server did not say. */
    long length() {
        return length;
    }

    /** Returns how many bytes of the body were read. */
    long received() {
        return received;
    }

    /** Waits for the next piece of the body; null at its end. */
    byte @Nullable [] next() throws Exception {
        Object event = await();
        if (event instanceof byte[] piece) {
            received += piece.length;
            reader.oneMore();
            return piece;
        }
        if (length >= 0 && received != length) {
            throw cutShort(null);
        }
        return null;
    }

    private Object await() throws Exception {
        while (true) {
            boolean waiting = requestSent;
            Object event = events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (event instanceof Throwable failure) {
                throw explained(failure);
            }
            if (event != null) {
                return event;
            }
            // Connecting has timeouts of its own.
            if (waiting) {
                throw new RemoteFailureException("cannot get " + url + ": the server sent nothing for "
                        + timeout.toMillis() + " ms (after " + received + " bytes)");
            }
        }
    }

    private Exception explained(Throwable failure) {
        if (failure instanceof PrematureCloseException) {
            return requestSent
                    ? cutShort(failure)
                    : new RemoteFailureException("cannot get " + url + ": the connection was closed", failure);
        }
        if (Failure.isRemote(failure)) {
            return new RemoteFailureException("cannot get " + url + ": " + Failure.text(failure), failure);
        }
        return failure instanceof Exception exception ? exception : new IOException(failure);
    }

    private RemoteFailureException cutShort(@Nullable Throwable cause) {
        String message = "cannot get " + url + ": the server closed the connection after " + received
                + (length >= 0 ? " of " + length + " bytes" : " bytes, before the end");
        return cause == null ? new RemoteFailureException(message) : new RemoteFailureException(message, cause);
    }

    /** Gives up what has not been read. */
    @Override
    public void close() {
        reader.cancel();
    }

    /** Puts what comes into the queue; never more than was asked for. */
    private final class Reader extends BaseSubscriber<Object> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(PIECES_WAITING_MAX);
        }

        @Override
        protected void hookOnNext(Object event) {
            events.add(event);
        }

        @Override
        protected void hookOnComplete() {
            events.add(End.COMPLETE);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            events.add(failure);
        }

        void oneMore() {
            request(1);
        }
    }
}
