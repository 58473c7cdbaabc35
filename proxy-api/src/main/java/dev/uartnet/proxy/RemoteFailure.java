package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestAbortedException;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.proxy.NameResolutionException.Reason;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What failed on the device, as the exceptions that a socket of this host would have thrown. The device's own words and errno are in
 * the message, its answer is the cause.
 */
final class RemoteFailure {
    private RemoteFailure() {}

    /** A connection did not come about. */
    static Throwable ofConnect(Throwable cause, InetSocketAddress remote) {
        if (cause instanceof RequestTimeoutException) {
            return withCause(new ConnectTimeoutException("connection timed out: " + remote), cause);
        }
        if (!(cause instanceof RequestFailedException failed)) {
            return ofRequest(cause);
        }
        String to = ": " + remote;
        return switch (failed.errorCode()) {
            case NAME_NOT_FOUND, NAME_NO_ANSWER, NAME_FAILED -> ofResolve(cause, remote.getHostString());
            case CONNECTION_REFUSED -> withCause(new ConnectException(words("Connection refused", failed) + to), cause);
            case CONNECTION_RESET -> withCause(new SocketException(words("Connection reset", failed) + to), cause);
            case TIMED_OUT, DEADLINE ->
                withCause(new ConnectTimeoutException(words("connection timed out", failed) + to), cause);
            case HOST_UNREACHABLE ->
                withCause(new NoRouteToHostException(words("No route to host", failed) + to), cause);
            case NETWORK_UNREACHABLE ->
                withCause(new NoRouteToHostException(words("Network is unreachable", failed) + to), cause);
            case NETWORK_DOWN ->
                withCause(new NoRouteToHostException(words("The device has no network", failed) + to), cause);
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE ->
                withCause(new BindException(words("Cannot assign a local address", failed) + to), cause);
            case NO_RESOURCES ->
                withCause(new SocketException(words("The device has no socket or memory left", failed) + to), cause);
            case TLS, CERTIFICATE ->
                withCause(new SSLHandshakeException(words("TLS handshake failed on the device", failed) + to), cause);
            default -> withCause(new SocketException(words("Cannot connect", failed) + to), cause);
        };
    }

    /** A listener did not come about. */
    static Throwable ofListen(Throwable cause, InetSocketAddress local) {
        return ofBind(cause, local, "listen");
    }

    /** A datagram socket was not bound. */
    static Throwable ofBind(Throwable cause, InetSocketAddress local) {
        return ofBind(cause, local, "bind");
    }

    private static Throwable ofBind(Throwable cause, InetSocketAddress local, String what) {
        String on = " on " + local;
        if (cause instanceof RequestTimeoutException) {
            return withCause(new SocketTimeoutException("the device did not answer in time: " + what + on), cause);
        }
        if (!(cause instanceof RequestFailedException failed)) {
            return ofRequest(cause);
        }
        return switch (failed.errorCode()) {
            case ADDRESS_IN_USE -> withCause(new BindException(words("Address already in use", failed) + on), cause);
            case ADDRESS_NOT_AVAILABLE ->
                withCause(new BindException(words("Cannot assign requested address", failed) + on), cause);
            case NOT_ALLOWED -> withCause(new BindException(words("Permission denied", failed) + on), cause);
            case NO_RESOURCES ->
                withCause(new SocketException(words("The device has no socket or memory left", failed) + on), cause);
            case NETWORK_DOWN -> withCause(new SocketException(words("The device has no network", failed) + on), cause);
            case TLS, CERTIFICATE ->
                withCause(
                        new SSLException(words("the device's TLS does not take the certificate or key", failed) + on),
                        cause);
            default -> withCause(new SocketException(words("Cannot " + what, failed) + on), cause);
        };
    }

    /** A datagram was not taken by the network, or not delivered. */
    static IOException ofDatagram(RemoteError error) {
        String own = words(error.text(), error.errno());
        IOException failure =
                switch (error.code()) {
                    case CONNECTION_REFUSED, CONNECTION_RESET -> new PortUnreachableException("Port unreachable" + own);
                    case HOST_UNREACHABLE -> new NoRouteToHostException("No route to host" + own);
                    case NETWORK_UNREACHABLE -> new NoRouteToHostException("Network is unreachable" + own);
                    case NETWORK_DOWN -> new NoRouteToHostException("The device has no network" + own);
                    case MESSAGE_TOO_BIG -> new SocketException("Message too long" + own);
                    case NOT_ALLOWED -> new SocketException("Permission denied" + own);
                    case ADDRESS_NOT_AVAILABLE -> new SocketException("Cannot assign requested address" + own);
                    case NO_RESOURCES -> new SocketException("No buffer space available" + own);
                    default -> new SocketException("The device could not send a datagram: " + error.code() + own);
                };
        return withCause(failure, new RemoteErrorException("the device said that a datagram failed", error));
    }

    /** A bound datagram socket ended. */
    static IOException ofDatagramClose(ChannelClose close) {
        String own = words(close.text(), close.errno());
        return withCause(
                close.code() == ErrorCode.NETWORK_DOWN
                        ? new NoRouteToHostException("Network is unreachable" + own)
                        : new SocketException("The device closed the socket: " + close.code() + own),
                closed(close));
    }

    /** A name was not resolved. */
    static Throwable ofResolve(Throwable cause, String host) {
        if (cause instanceof RequestTimeoutException) {
            // The device asks on for as long as it may: so long no name server has answered it.
            return new NameResolutionException(host, Reason.NO_ANSWER, " in time", cause);
        }
        if (!(cause instanceof RequestFailedException failed)) {
            return ofRequest(cause);
        }
        Reason reason =
                switch (failed.errorCode()) {
                    case NAME_NOT_FOUND -> Reason.NOT_FOUND;
                    case NAME_NO_ANSWER, DEADLINE, TIMED_OUT -> Reason.NO_ANSWER;
                    case NAME_FAILED -> Reason.SERVER_FAILED;
                    case NETWORK_DOWN, NETWORK_UNREACHABLE -> Reason.NETWORK_DOWN;
                    default -> Reason.DEVICE_FAILED;
                };
        return new NameResolutionException(host, reason, words(failed.text(), failed.errno()), cause);
    }

    /** An operation that is no socket's failed. */
    static Throwable ofOperation(Throwable cause) {
        return cause instanceof RequestFailedException failed && failed.errorCode() == ErrorCode.NOT_ALLOWED
                ? new NotAllowedException(failed)
                : ofRequest(cause);
    }

    /** Any request failed: what is not the device's own answer is the link's end. */
    static Throwable ofRequest(Throwable cause) {
        return cause instanceof RequestAbortedException aborted ? LinkLostException.aborted(aborted) : cause;
    }

    /** An open connection ended. */
    static IOException ofClose(ChannelClose close) {
        String own = words(close.text(), close.errno());
        // The first words are those of this host's own sockets: callers look for them, to tell what may be tried again.
        IOException failure =
                switch (close.code()) {
                    case NONE, BROKEN_PIPE -> new SocketException("Broken pipe" + own);
                    case CONNECTION_RESET -> new SocketException("Connection reset by peer" + own);
                    case CONNECTION_ABORTED -> new SocketException("Software caused connection abort" + own);
                    case TIMED_OUT -> new SocketException("Connection timed out" + own);
                    case HOST_UNREACHABLE -> new NoRouteToHostException("No route to host" + own);
                    case NETWORK_UNREACHABLE, NETWORK_DOWN ->
                        new NoRouteToHostException("Network is unreachable" + own);
                    default -> new SocketException("The device closed the connection: " + close.code() + own);
                };
        return withCause(failure, closed(close));
    }

    /** A listener ended. */
    static IOException ofListenerClose(ChannelClose close) {
        return withCause(
                new SocketException("The device listens no more: " + close.code() + words(close.text(), close.errno())),
                closed(close));
    }

    private static RemoteErrorException closed(ChannelClose close) {
        return new RemoteErrorException(
                "the device closed the channel", new RemoteError(close.code(), close.text(), close.errno()));
    }

    private static String words(String what, RequestFailedException failed) {
        return what + words(failed.text(), failed.errno());
    }

    private static String words(String text, @Nullable Integer errno) {
        if (text.isEmpty() && errno == null) {
            return "";
        }
        return " (device: " + (errno == null ? text : (text + " errno " + errno).strip()) + ")";
    }

    private static <T extends Throwable> T withCause(T failure, Throwable cause) {
        failure.initCause(cause);
        return failure;
    }
}
