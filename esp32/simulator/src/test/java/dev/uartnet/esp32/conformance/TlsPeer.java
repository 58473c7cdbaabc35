package dev.uartnet.esp32.conformance;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** The JDK's TLS at a peer's end of a connection. */
final class TlsPeer {
    /** A TLS socket that is collected closes its connection (BaseSSLSocketImpl.finalize), whoever still uses that. */
    private static final Set<SSLSocket> KEPT = ConcurrentHashMap.newKeySet();

    private TlsPeer() {}

    /** A server's end of a connection whose handshake has not begun. Closing it closes the connection. */
    static SSLSocket server(X509Bundle certificate, Socket plain, String... protocols) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, 0, true);
            KEPT.add(socket);
            socket.setUseClientMode(false);
            if (protocols.length > 0) {
                socket.setEnabledProtocols(protocols);
            }
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot serve TLS", e);
        }
    }

    /** A client's end of a connection whose handshake has not begun; it checks the certificate and its name. */
    static SSLSocket client(X509Bundle authority, String name, Socket plain, String... protocols) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {authority.toTrustManager()}, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, 0, true);
            KEPT.add(socket);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (protocols.length > 0) {
                parameters.setProtocols(protocols);
            }
            socket.setSSLParameters(parameters);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot be a client of TLS", e);
        }
    }

    /** Accepts a connection and does the handshake. */
    static Future<SSLSocket> accept(Peer peer, X509Bundle certificate, String... protocols) {
        CompletableFuture<SSLSocket> accepted = new CompletableFuture<>();
        Peer.thread(() -> {
            try {
                SSLSocket socket = server(certificate, peer.accept(), protocols);
                socket.startHandshake();
                accepted.complete(socket);
            } catch (IOException | RuntimeException e) {
                accepted.completeExceptionally(e);
            }
        });
        return accepted;
    }

    /** Accepts connections for ever, and sends back what comes, to its end; those whose handshake fails it forgets. */
    static void echo(Peer peer, X509Bundle certificate, String... protocols) {
        Peer.thread(() -> {
            while (true) {
                Socket plain = peer.accept();
                Peer.thread(() -> {
                    SSLSocket socket = server(certificate, plain, protocols);
                    socket.getInputStream().transferTo(socket.getOutputStream());
                    socket.shutdownOutput();
                });
            }
        });
    }

    static SSLSocket get(Future<SSLSocket> accepted) throws InterruptedException {
        try {
            return accepted.get(ConformanceTest.SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no handshake", e);
        }
    }

    /** Returns why the handshake has failed. */
    static Throwable failure(Future<SSLSocket> accepted) throws InterruptedException {
        try {
            throw new AssertionError("the handshake should fail: "
                    + accepted.get(ConformanceTest.SECONDS, TimeUnit.SECONDS).getSession());
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("no end of the handshake", e);
        }
    }
}
