package dev.uartnet.proxy;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpServer;

/** Sets reactor-netty's clients and servers up to use sockets of a device; holds the pool of their connections. */
final class ReactorNettyOverDevice {
    private static final int CONNECTIONS_MAX = 500;
    /** An idle connection of the pool holds one of the device's few sockets (an ESP32 has about ten). */
    private static final Duration POOL_IDLE_MAX = Duration.ofSeconds(10);

    private final LoopResources loops;
    private final ProxyAddressResolverGroup resolver;
    private final ConnectionProvider pool;

    ReactorNettyOverDevice(ProxyNetwork network, ProxyAddressResolverGroup resolver, LoopResources loops) {
        this.loops = new ProxyLoopResources(network, loops);
        this.resolver = resolver;
        pool = ConnectionProvider.builder("uartnet")
                .maxConnections(CONNECTIONS_MAX)
                .maxIdleTime(POOL_IDLE_MAX)
                .evictInBackground(POOL_IDLE_MAX)
                .build();
    }

    /** Returns event loops whose channels are the device's. */
    LoopResources loops() {
        return loops;
    }

    TcpClient tcpClient() {
        return TcpClient.newConnection().runOn(loops).resolver(resolver);
    }

    TcpServer tcpServer() {
        return TcpServer.create().runOn(loops);
    }

    UdpClient udpClient() {
        // A UDP client that prefers no native transport takes no LoopResources either.
        return UdpClient.create().runOn(loops, true).resolver(resolver);
    }

    UdpServer udpServer() {
        return UdpServer.create().runOn(loops, true);
    }

    HttpClient httpClient() {
        return httpClient(pool);
    }

    HttpClient httpClient(ConnectionProvider connections) {
        return HttpClient.create(connections).runOn(loops).resolver(resolver);
    }

    HttpServer httpServer() {
        return HttpServer.create().runOn(loops);
    }

    /** Begins to close the pool. */
    void dispose() {
        pool.dispose();
    }

    Mono<Void> disposeLater() {
        return pool.disposeLater();
    }
}
