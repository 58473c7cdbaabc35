package dev.uartnet.proxy;

import io.netty.channel.ChannelOption;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** Sends back what comes. */
final class EchoServer implements AutoCloseable {
    private final DisposableServer server = TcpServer.create()
            .host("127.0.0.1")
            .childOption(ChannelOption.TCP_NODELAY, true)
            .handle((in, out) -> out.send(in.receive().retain()))
            .bindNow();

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
