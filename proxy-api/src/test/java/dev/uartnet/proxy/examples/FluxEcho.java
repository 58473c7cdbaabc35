package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyConnection;
import dev.uartnet.proxy.ProxyDatagramSocket;
import dev.uartnet.proxy.ProxyListener;
import dev.uartnet.proxy.ProxySockets;
import reactor.core.publisher.Mono;

/** Echo servers of the device, in plain {@code Flux} and {@code Mono}: {@code device.sockets()}. Cancelling stops them. */
public final class FluxEcho {
    private static final int CONNECTIONS_MAX = 8;

    private FluxEcho() {}

    /** Sends back what comes by TCP; a client that does not read is not read from. */
    public static Mono<Void> tcp(ProxyListener listener) {
        return listener.accept()
                .flatMap(connection -> echo(connection).onErrorComplete(), CONNECTIONS_MAX)
                .then();
    }

    private static Mono<Void> echo(ProxyConnection connection) {
        return Mono.usingWhen(Mono.just(connection), c -> c.send(c.receive()), ProxyConnection::close);
    }

    /** Sends back each datagram. */
    public static Mono<Void> udp(ProxySockets sockets, int port) {
        return Mono.usingWhen(
                sockets.udp(port),
                socket -> socket.send(socket.receive().map(datagram -> datagram.reply(datagram.data()))),
                ProxyDatagramSocket::close);
    }
}
