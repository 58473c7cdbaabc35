package dev.uartnet.cli;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
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
    /** Characters of what a decoder has to say. */
    private static final int DETAIL_MAX = 200;

    /** What the server says before the body. */
    private record Head(String url, HttpResponseStatus status, @Nullable String location, int redirects, long length) {}

    /** The body's end. */
    private enum End {
        COMPLETE
    }

    private final URI url;
    private final Duration timeout;
    private final LinkedTransferQueue<Object> events = new LinkedTransferQueue<>();
    private final Reader reader = new Reader();
    private final HttpClient client;
    private volatile boolean requestSent;
    private volatile long requestSentNanos;
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
                .followRedirect(this::follows)
                .doAfterRequest((request, connection) -> {
                    requestSentNanos = System.nanoTime();
                    requestSent = true;
                });
    }

    private boolean follows(HttpClientRequest request, HttpClientResponse response) {
        boolean follows =
                switch (response.status().code()) {
                    case 301, 302, 303, 307, 308 -> {
                        String location = response.responseHeaders().get(HttpHeaderNames.LOCATION);
                        yield location != null
                                && HttpUrl.isFollowable(request.resourceUrl(), location)
                                && request.redirectedFrom().length < REDIRECTS_MAX;
                    }
                    default -> false;
                };
        if (follows) {
            // Connecting again.
            requestSent = false;
        }
        return follows;
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
                    + (head.location() == null ? "" : " (to " + head.location() + ", " + unfollowed(head) + ")"));
        }
        length = head.length();
    }

    private static String unfollowed(Head head) {
        return head.redirects() < REDIRECTS_MAX ? "not followed" : "not followed after " + REDIRECTS_MAX + " redirects";
    }

    private Publisher<Object> body(HttpClientResponse response, ByteBufFlux content) {
        Head head = new Head(
                response.resourceUrl() == null ? url.toString() : response.resourceUrl(),
                response.status(),
                response.responseHeaders().get(HttpHeaderNames.LOCATION),
                response.redirectedFrom().length,
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
        long start = System.nanoTime();
        long left = timeout.toNanos();
        while (true) {
            Object event = events.poll(left, TimeUnit.NANOSECONDS);
            if (event instanceof Throwable failure) {
                throw explained(failure);
            }
            if (event != null) {
                return event;
            }
            // Connecting has timeouts of its own.
            boolean waiting = requestSent;
            long now = System.nanoTime();
            // Silence counts from the request, and only while somebody waits.
            long silent = waiting ? Math.min(now - start, now - requestSentNanos) : 0;
            left = timeout.toNanos() - silent;
            if (left <= 0) {
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
        // While a connection is made, Netty wraps it into a failure of the decoder.
        Throwable tls = Failure.find(failure, SSLException.class);
        if (tls != null || Failure.isRemote(failure)) {
            return new RemoteFailureException(
                    "cannot get " + url + ": " + Failure.text(tls == null ? failure : tls), failure);
        }
        boolean ofTheLink = Failure.of(failure).exitCode() != ExitCodes.LOCAL_FAILURE;
        if (failure instanceof RuntimeException && !ofTheLink) {
            return new RemoteFailureException(
                    "cannot get " + url + ": the server's answer is not HTTP (" + brief(Failure.text(failure)) + ")",
                    failure);
        }
        return failure instanceof Exception exception ? exception : new IOException(failure);
    }

    private static String brief(String text) {
        return text.length() <= DETAIL_MAX ? text : text.substring(0, DETAIL_MAX) + "...";
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
