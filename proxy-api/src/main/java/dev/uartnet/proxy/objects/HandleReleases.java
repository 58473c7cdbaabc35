package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.SessionRequests;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the device of the handles that nobody here needs any more, many at a time. On the link's event loop.
 *
 * <p>A request goes out when 64 handles are together, at the latest 5 ms after the first; one at a time.
 */
final class HandleReleases {
    private static final Logger log = LoggerFactory.getLogger(HandleReleases.class);

    private static final int TOGETHER = 64;
    private static final long LATEST_MILLIS = 5;
    /** Of a frame's payload, what is not the handles'. */
    private static final int OVERHEAD_BYTES = 40;
    /** What the arguments of a request are reckoned with at most. */
    private static final int HANDLE_BYTES = 9;

    private final SessionRequests requests;
    private final ArrayDeque<Integer> released = new ArrayDeque<>();
    private boolean scheduled;
    private boolean sent;
    private boolean ended;

    HandleReleases(SessionRequests requests) {
        this.requests = requests;
    }

    void add(int handle) {
        if (ended) {
            return;
        }
        released.add(handle);
        if (released.size() >= TOGETHER) {
            send();
        } else {
            schedule();
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            requests.executor()
                    .schedule(
                            () -> {
                                scheduled = false;
                                send();
                            },
                            LATEST_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void send() {
        if (sent || released.isEmpty() || ended) {
            return;
        }
        int most = Math.max(1, (requests.session().maxPayload() - OVERHEAD_BYTES) / HANDLE_BYTES);
        Handle[] handles = new Handle[Math.min(most, released.size())];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = new Handle(released.remove());
        }
        sent = true;
        requests.request(Duration.ZERO, Operation.OBJECT_RELEASE, (Object[]) handles)
                .subscribe(count -> answered(), failure -> refused(handles, failure));
    }

    private void answered() {
        sent = false;
        if (released.size() >= TOGETHER) {
            send();
        } else if (!released.isEmpty()) {
            schedule();
        }
    }

    private void refused(Handle[] handles, Throwable failure) {
        sent = false;
        if (failure instanceof LinkLostException) {
            // The device has forgotten them all.
            ended = true;
            released.clear();
            return;
        }
        if (failure instanceof RequestFailedException refusal && refusal.errorCode() == ErrorCode.NO_RESOURCES) {
            // It has room for a request later.
            for (Handle handle : handles) {
                released.add(handle.number());
            }
        } else {
            log.warn("the device did not release {} objects", handles.length, failure);
        }
        if (!released.isEmpty()) {
            schedule();
        }
    }
}
