package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** RESOLVE. */
final class Resolution extends PendingRequest {
    private static final int ANY = 0;
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;
    /** So many fit the smallest frame. */
    private static final int ADDRESSES_MAX = 12;

    private final Arguments args;

    Resolution(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        String name = args.name("name");
        int family = args.integer("family", ANY, IPV6);
        if (family != ANY && family != IPV4 && family != IPV6) {
            throw DeviceException.badRequest("family", "must be 0 (any), 4 or 6");
        }
        session.requireNetwork();
        session.lookup(name).addListener((Future<List<InetAddress>> found) -> {
            if (found.isSuccess()) {
                answer(name, family, found.getNow());
            } else {
                fail(DeviceException.ofLookup(name, found.cause()));
            }
        });
    }

    private void answer(String name, int family, List<InetAddress> found) {
        Object[] addresses = found.stream()
                .filter(address -> family == ANY || (family == IPV4) == (address instanceof Inet4Address))
                .limit(ADDRESSES_MAX)
                .map(InetAddress::getAddress)
                .toArray();
        if (addresses.length == 0) {
            fail(new DeviceException(ErrorCode.NAME_NOT_FOUND, "no IPv" + family + " address: " + name));
        } else {
            succeed(addresses);
        }
    }

    @Override
    void abandon() {
        // The lookup ends by itself, and nobody listens.
    }
}
