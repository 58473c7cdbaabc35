package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands in a socket's pipeline behind TLS until its handshake is over, then makes room for the channel. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private @Nullable Consumer<@Nullable DeviceException> done;

    private TlsHandshake(Consumer<@Nullable DeviceException> done) {
        this.done = done;
    }

    /**
     * Begins a handshake on a connected socket.
     *
     * @param done gets null, or why it failed; the socket is to be closed then
     */
    static void begin(
            SocketChannel socket, SslHandler tls, long timeoutMillis, Consumer<@Nullable DeviceException> done) {
        tls.setHandshakeTimeoutMillis(timeoutMillis);
        socket.pipeline().addLast(tls, new TlsHandshake(done));
        socket.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                ctx.pipeline().remove(this);
                end(null);
            } else {
                end(failure(completion.cause()));
            }
        } else if (event instanceof ChannelInputShutdownEvent) { // the connection is half open still
            end(new DeviceException(ErrorCode.TLS, "the peer ended the connection in the handshake"));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(new DeviceException(ErrorCode.TLS, "the connection ended before the handshake"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The event tells, too.
    }

    private void end(@Nullable DeviceException failure) {
        Consumer<@Nullable DeviceException> waiting = done;
        done = null;
        if (waiting != null) {
            waiting.accept(failure);
        }
    }

    private static DeviceException failure(Throwable failure) {
        if (failure instanceof SslHandshakeTimeoutException) {
            return new DeviceException(ErrorCode.TIMED_OUT, "the TLS handshake timed out", 110);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException) {
                return new DeviceException(ErrorCode.CERTIFICATE, String.valueOf(cause.getMessage()));
            }
        }
        String text = failure.getMessage();
        return new DeviceException(ErrorCode.TLS, text == null ? "the peer ended the handshake" : text);
    }
}
