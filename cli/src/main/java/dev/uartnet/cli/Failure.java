package dev.uartnet.cli;

import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.request.RequestException;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.NotAllowedException;
import dev.uartnet.proxy.board.WifiException;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPortLostException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * How a command has failed.
 *
 * @param exitCode one of {@link ExitCodes}
 * @param message one line for the user; empty if there is nothing to say
 */
record Failure(int exitCode, String message) {

    static Failure of(Throwable thrown) {
        Throwable cause = Exceptions.unwrap(thrown);
        // The link's end comes first: it makes everything else fail.
        Throwable lost = find(cause, LinkLostException.class, UartPortLostException.class);
        if (lost != null) {
            return new Failure(ExitCodes.LINK_LOST, text(lost));
        }
        if (cause instanceof OutputClosedException) {
            return new Failure(ExitCodes.OUTPUT_CLOSED, "");
        }
        if (cause instanceof UsageException) {
            return new Failure(ExitCodes.USAGE, text(cause));
        }
        if (cause instanceof UartException) {
            return new Failure(ExitCodes.PORT_UNAVAILABLE, text(cause));
        }
        if (cause instanceof LinkException) {
            return new Failure(ExitCodes.NO_DEVICE, text(cause));
        }
        if (isRemote(cause)) {
            return new Failure(ExitCodes.REMOTE_FAILURE, text(cause));
        }
        if (cause instanceof java.io.IOException) {
            return new Failure(ExitCodes.LOCAL_FAILURE, text(cause));
        }
        return new Failure(
                ExitCodes.LOCAL_FAILURE,
                "unexpected: " + Printable.line(cause.toString().strip()) + " (more with --verbose)");
    }

    /** Whether the failure is one of the network behind the device, or of the device's answer to one request. */
    static boolean isRemote(Throwable cause) {
        return cause instanceof RemoteFailureException
                || cause instanceof RequestException
                || cause instanceof UnknownHostException
                || cause instanceof SocketException
                || cause instanceof ConnectTimeoutException
                || cause instanceof SSLException
                || cause instanceof NotAllowedException
                || cause instanceof WifiException
                || cause instanceof ProtocolException
                || cause instanceof UnsupportedOperationException;
    }

    /** Returns the first of these types among a failure and its causes. */
    static @Nullable Throwable find(Throwable start, Class<?>... types) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable t = start; t != null && seen.add(t); t = t.getCause()) {
            for (Class<?> type : types) {
                if (type.isInstance(t)) {
                    return t;
                }
            }
        }
        return null;
    }

    /** What an exception says, on one line. */
    static String text(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            // Its own message is all that came, in hexadecimal.
            return "the server does not speak TLS there (http instead of https?)";
        }
        if (cause instanceof SSLException && find(cause, CertPathBuilderException.class) != null) {
            return "the server's certificate is not trusted (no known authority has signed it); to trust your own: "
                    + "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=FILE";
        }
        String message = cause.getMessage();
        return Printable.line((message == null || message.isBlank() ? cause.toString() : message).strip());
    }
}
