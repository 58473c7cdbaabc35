package dev.uartnet.esp32;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

/**
 * Where a virtual device looks up names. Unit tests say here which hosts exist and where they lead.
 *
 * <p>Called on a thread that may block; several lookups run at once.
 */
@FunctionalInterface
public interface NameService {
    /**
     * Looks a name up.
     *
     * @param name a name; never an address as text, which needs no lookup
     * @return its addresses, the preferred one first; an empty list means that there is no such name
     * @throws UnknownHostException there is no such name ({@code NAME_NOT_FOUND})
     * @throws java.net.SocketTimeoutException no name server answered ({@code NAME_NO_ANSWER})
     * @throws DeviceException any other error that the device shall report
     * @throws IOException the lookup failed otherwise ({@code NAME_FAILED})
     */
    List<InetAddress> lookup(String name) throws IOException;

    /** The names of the machine on which the virtual device runs. */
    static NameService system() {
        return name -> List.of(InetAddress.getAllByName(name));
    }

    /** These names (in lower case) and no others. */
    static NameService of(Map<String, List<InetAddress>> hosts) {
        return new FixedNames(hosts);
    }
}
