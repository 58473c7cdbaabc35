package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.udp.UdpClient;

/**
 * A way out through devices on serial lines: one of them ({@link ProxyClient}), or several ({@link ProxyPool}). Opens sockets and resolves
 * names; code that is written for this needs no change when a second board is added.
 *
 * <p>May be used by any number of threads. Publishers are lazy; they signal on the event loop of a link (sockets: on their own; what fails while
 * there is no link: on a thread of Reactor's), which must not be blocked.
 */
public abstract sealed class ProxyNetwork implements Disposable permits ProxyClient, ProxyPool {
    private final Sessions sessions;
    private final RepeatableRequests repeatable;
    private final ProxyAddressResolverGroup resolver;
    private final ReactorNettyOverDevice reactorNetty;

    /** @param requestTimeout for each request that may be repeated, the waiting for a session included */
    ProxyNetwork(Sessions sessions, Duration requestTimeout, LoopResources loops) {
        this.sessions = sessions;
        this.repeatable = new RepeatableRequests(sessions, requestTimeout);
        this.resolver = new ProxyAddressResolverGroup(this);
        this.reactorNetty = new ReactorNettyOverDevice(this, resolver, loops);
    }

    // ---- names

    /**
     * Resolves a name by the device.
     *
     * @param host a name, or an address in figures, which is returned as it is
     * @return its IPv4 addresses, or its IPv6 addresses if it has no others, in the device's order of preference; at least one, else it fails with
     *     {@link NameResolutionException}, whose {@link NameResolutionException#reason() reason} tells whether there is no such name, no name
     *     server answered (within the {@link ProxyConnector#requestTimeout request timeout}), it failed, or the device has no network
     */
    public Flux<InetAddress> resolve(String host) {
        return repeatable.resolve(host);
    }

    /** Returns a resolver that asks the device. */
    public ProxyAddressResolverGroup resolver() {
        return resolver;
    }

    /**
     * Returns Netty's DNS client, to ask name servers for records of any type over datagram sockets of the device, and over TCP where an
     * answer is cut. What it takes from this host otherwise (hosts file, search domains, options of {@code resolv.conf}) is set to nothing, or to
     * the usual values: 5 s for a query, 16 queries. Each resolution has a socket of its own, for as long as it lasts: so it survives the
     * link's sessions and holds none of the device's few sockets when idle.
     *
     * <pre>{@code
     * DnsNameResolver dns = device.dnsResolver(loop, List.of(new InetSocketAddress("192.0.2.53", 53))).build();
     * dns.resolveAll(new DefaultDnsQuestion("example.org.", DnsRecordType.MX));
     * }</pre>
     *
     * @param loop any event loop, also another one than the link's
     * @param nameServers asked in this order; at least one, resolved
     * @return a builder that may be changed further
     */
    public DnsNameResolverBuilder dnsResolver(EventLoop loop, List<InetSocketAddress> nameServers) {
        return DnsOverDevice.builder(this, loop, nameServers);
    }

    /**
     * As {@link #dnsResolver(EventLoop, List)}, with the name servers of the device's own network, as {@link ProxyClient#info()} tells them.
     *
     * @return fails with {@link UnknownHostException} if the device knows none, or does not tell
     */
    public Mono<DnsNameResolverBuilder> dnsResolver(EventLoop loop) {
        return DnsOverDevice.builder(this, loop);
    }

    // ---- sockets

    /**
     * Returns the device's sockets as plain {@code Mono} and {@code Flux}: connect, listen, datagrams, without the vocabulary of Netty and
     * reactor-netty.
     */
    public ProxySockets sockets() {
        return new ProxySockets(this, reactorNetty.loops());
    }

    /**
     * Returns reactor-netty's TCP client over the line. Each {@code connect} opens a connection of its own.
     *
     * <p>Names are resolved by the device. Event loops are reactor-netty's shared ones, or those given to the connector.
     */
    public TcpClient tcpClient() {
        return reactorNetty.tcpClient();
    }

    /**
     * Returns reactor-netty's UDP client over the line: a UDP socket of the device that is connected to one peer. Names are resolved by
     * the device.
     */
    public UdpClient udpClient() {
        return reactorNetty.udpClient();
    }

    /**
     * Returns reactor-netty's HTTP client over the line: with its TLS (which ends on this host), HTTP/2, WebSocket, redirects. HTTP/3 would
     * need another kind of channel: it fails.
     *
     * <p>Connections are pooled for this client, at most 500 for each server and at most 10 s idle. Those of a link that was lost are thrown away.
     */
    public HttpClient httpClient() {
        return reactorNetty.httpClient();
    }

    /**
     * Returns reactor-netty's HTTP client over the line, with another pool. It must not be shared with other clients: its
     * connections belong to this device.
     */
    public HttpClient httpClient(ConnectionProvider connections) {
        return reactorNetty.httpClient(connections);
    }

    /**
     * Returns a Netty bootstrap whose channels are {@link ProxySocketChannel}s and whose names the device resolves.
     *
     * <p>The same by hand: {@code new Bootstrap().group(group).channelFactory(() -> new ProxySocketChannel(device)).resolver(device.resolver())}.
     *
     * @param group any event loops, also other ones than the link's
     */
    public Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> new ProxySocketChannel(this))
                .resolver(resolver);
    }

    // ---- the end

    /**
     * Returns a {@code Mono} that completes when this was closed from here, and fails with {@link LinkLostException} when it has ended by
     * itself: no link is left, and none will come back.
     */
    public abstract Mono<Void> onClose();

    /**
     * Ends it: every socket and request fails with {@link LinkLostException}, ports that were opened are closed.
     *
     * @return completes when that is done; does it when subscribed to, once
     */
    public abstract Mono<Void> close();

    /** As {@link #close()}, without waiting. */
    @Override
    public void dispose() {
        close().subscribe();
    }

    // ---- what stands below

    Sessions sessions() {
        return sessions;
    }

    RepeatableRequests repeatable() {
        return repeatable;
    }

    ReactorNettyOverDevice reactorNetty() {
        return reactorNetty;
    }

    /** Returns what can be bound to a port of the device. */
    abstract ServerSocketChannel newListener();

    /** Returns what the device can do; see {@link dev.uartnet.codec.link.Feature}. */
    abstract long features();
}
