package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.NameResolutionException.Reason;
import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What may be asked of a device twice without harm: a round trip, itself, names. See {@link ProxyClient} for what each means. */
final class RepeatableRequests {
    private final Sessions sessions;
    private final Duration timeout;

    /** @param timeout for each, the waiting for a session included */
    RepeatableRequests(Sessions sessions, Duration timeout) {
        this.sessions = sessions;
        this.timeout = timeout;
    }

    private Mono<RepeatableRequest.Answer> request(int operation, @Nullable Object... args) {
        return new RepeatableRequest(sessions, timeout, operation, args).answer();
    }

    Mono<Duration> ping(byte[] payload) {
        return request(Operation.PING, payload).map(answer -> {
            List<@Nullable Object> results = answer.results();
            if (results.isEmpty() || !(results.get(0) instanceof byte[] echo) || !Arrays.equals(echo, payload)) {
                throw violated(answer, "the device answered a ping with other bytes");
            }
            return answer.time();
        });
    }

    Mono<DeviceInfo> info() {
        return request(Operation.INFO).map(answer -> {
            List<@Nullable Object> results = answer.results();
            return DeviceInfo.of(!results.isEmpty() && results.get(0) instanceof Map<?, ?> map ? map : Map.of());
        });
    }

    Flux<InetAddress> resolve(String host) {
        Objects.requireNonNull(host, "host");
        return Flux.defer(() -> {
            byte[] figures = NetUtil.createByteArrayFromIpAddressString(host);
            if (figures != null) {
                return Mono.fromCallable(() -> InetAddress.getByAddress(host, figures));
            }
            if (host.isEmpty()) {
                return Mono.error(new NameResolutionException(host, Reason.NOT_FOUND, "an empty name", null));
            }
            return request(Operation.RESOLVE, ascii(host), 0)
                    .onErrorMap(cause -> RemoteFailure.ofResolve(cause, host))
                    .flatMapIterable(answer -> addresses(host, answer))
                    .switchIfEmpty(Mono.error(() -> new NameResolutionException(host, Reason.NOT_FOUND, "", null)));
        });
    }

    /** As name servers know it (RFC 3490); a name that cannot be one is left to them. */
    private static String ascii(String host) {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            return host;
        }
    }

    private static List<InetAddress> addresses(String host, RepeatableRequest.Answer answer) {
        List<InetAddress> addresses = new ArrayList<>();
        for (Object result : answer.results()) {
            InetAddress address = result instanceof byte[] bytes ? address(host, bytes) : null;
            if (address == null) {
                throw violated(answer, "the device resolved " + host + " to something that is no address");
            }
            addresses.add(address);
        }
        return addresses;
    }

    private static @Nullable InetAddress address(String host, byte[] bytes) {
        try {
            return InetAddress.getByAddress(host, bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** Ends the session: what else the device says cannot be trusted either. */
    private static RuntimeException violated(RepeatableRequest.Answer answer, String what) {
        answer.connection().violated(what);
        return Exceptions.propagate(LinkLostException.ended(what, new LinkException(what)));
    }
}
