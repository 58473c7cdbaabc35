package dev.uartnet.esp32;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A hosts file. */
final class FixedNames implements NameService {
    private final Map<String, List<InetAddress>> hosts;

    FixedNames(Map<String, List<InetAddress>> hosts) {
        this.hosts = Map.copyOf(hosts);
    }

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
        List<InetAddress> known = hosts.get(name.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new UnknownHostException(name);
        }
        return known;
    }
}
