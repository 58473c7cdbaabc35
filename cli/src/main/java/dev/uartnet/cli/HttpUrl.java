package dev.uartnet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a URL must be for a GET of ours: the user's own, and those that servers send us to. */
final class HttpUrl {
    /** Of a host's name (RFC 1035, section 2.3.4, without the length bytes at its ends). */
    static final int HOST_BYTES_MAX = 253;

    private static final int PORT_MAX = 65_535;

    private HttpUrl() {}

    /** Returns what is wrong with a URL; null if it can be asked for. */
    static @Nullable String problem(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return "not a URL of http or https";
        }
        if (url.getHost() == null) {
            return "no host";
        }
        if (url.getHost().length() > HOST_BYTES_MAX) {
            return "the host's name is longer than " + HOST_BYTES_MAX + " bytes";
        }
        if (url.getPort() == 0 || url.getPort() > PORT_MAX) {
            return "the port is not 1 to " + PORT_MAX;
        }
        return null;
    }

    /** Whether a server's Location leads to something that can be asked for. */
    static boolean isFollowable(@Nullable String from, String location) {
        try {
            URI target = new URI(location);
            return problem(from == null ? target : new URI(from).resolve(target)) == null;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return false;
        }
    }
}
