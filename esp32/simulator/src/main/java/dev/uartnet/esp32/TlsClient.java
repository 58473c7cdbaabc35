package dev.uartnet.esp32;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** TLS as a TLS_CONNECT wants it: whom the peer must prove to be, and to whose satisfaction. */
final class TlsClient {
    /** Those options whose bytes may be in a blob. */
    static final List<String> BLOBS = List.of("ca");

    private final @Nullable String name;
    private final boolean verify;
    private final byte @Nullable [] ca;

    private TlsClient(@Nullable String name, boolean verify, byte @Nullable [] ca) {
        this.name = name;
        this.verify = verify;
        this.ca = ca;
    }

    /** Takes the options; the destination is a name (String) or an address. */
    static TlsClient of(RequestOptions options, Object destination) throws DeviceException {
        options.time("time");
        String name = options.name("server_name");
        if (name == null && destination instanceof String asked) {
            name = asked;
        }
        return new TlsClient(name, options.flag("verify", true), options.bytes("ca"));
    }

    /** Whether the options suffice. */
    void check() throws DeviceException {
        if (verify && ca == null) {
            throw DeviceException.badRequest("ca", "a device has no certificates of its own to verify by");
        }
        if (verify && name == null) {
            throw DeviceException.badRequest("server_name", "a certificate is not for an address alone");
        }
        if (name != null && !isAddress(name)) {
            try {
                SNIHostName unused = new SNIHostName(name);
            } catch (IllegalArgumentException e) {
                throw DeviceException.badRequest("server_name", "is no host's name");
            }
        }
    }

    private static boolean isAddress(String name) {
        return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    /** Takes its time: not for event loops. */
    SslContext context() throws DeviceException, SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        if (!verify || ca == null) {
            return builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        }
        List<X509Certificate> trusted = Certificates.read("ca", ca);
        return builder.trustManager(trusted)
                .endpointIdentificationAlgorithm("HTTPS")
                .build();
    }

    SslHandler handler(SslContext context, ByteBufAllocator alloc, Executor workers) {
        if (name == null) {
            return context.newHandler(alloc, workers);
        }
        SslHandler handler = context.newHandler(alloc, name, -1, workers);
        if (!isAddress(name)) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name))); // the JDK would send names with dots only
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }
}
