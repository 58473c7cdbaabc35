package dev.uartnet.esp32;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS of a listener: the handshakes of its connections, at most eight at a time and 10 s each (PROTOCOL.md, section 8). */
final class TlsServer {
    /** Those options whose bytes may be in a blob. */
    static final List<String> BLOBS = List.of("certificate", "key");

    private static final int HANDSHAKES_MAX = 8;
    private static final int HANDSHAKE_MILLIS_MAX = 10_000;

    private final SslContext context;
    private final Executor workers;
    private final Set<SocketChannel> handshakes = new HashSet<>();

    TlsServer(SslContext context, Executor workers) {
        this.context = context;
        this.workers = workers;
    }

    /** Takes its time: not for event loops. */
    static SslContext context(byte[] certificate, byte[] key) throws DeviceException, SSLException {
        List<X509Certificate> chain = Certificates.read("certificate", certificate);
        PrivateKey secret = PrivateKeys.read("key", key);
        return SslContextBuilder.forServer(secret, chain)
                .sslProvider(SslProvider.JDK)
                .build();
    }

    boolean isBusy() {
        return handshakes.size() >= HANDSHAKES_MAX;
    }

    /** Begins a handshake; see {@link TlsHandshake#begin}. */
    void accept(SocketChannel connection, Consumer<@Nullable DeviceException> done) {
        handshakes.add(connection);
        SslHandler tls = context.newHandler(connection.alloc(), workers);
        TlsHandshake.begin(connection, tls, HANDSHAKE_MILLIS_MAX, failure -> {
            handshakes.remove(connection);
            done.accept(failure);
        });
    }

    /** Ends those handshakes that run. */
    void abort() {
        List.copyOf(handshakes).forEach(Sockets::reset);
    }
}
