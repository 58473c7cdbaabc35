package dev.uartnet.proxy;

import dev.uartnet.codec.link.Feature;
import io.netty.channel.EventLoop;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import reactor.core.publisher.Mono;

/** Sets Netty's DNS client up to ask over sockets of a device, and by nothing that it finds on this host. */
final class DnsOverDevice {
    /** What fits any network whole (DNS Flag Day 2020), and a datagram of every device. */
    private static final int ANSWER_BYTES_MAX = 1_232;

    private static final int QUERY_TIMEOUT_MILLIS = 5_000;
    private static final int QUERIES_MAX = 16;

    private DnsOverDevice() {}

    static DnsNameResolverBuilder builder(ProxyNetwork network, EventLoop loop, List<InetSocketAddress> nameServers) {
        if (nameServers.isEmpty()) {
            throw new IllegalArgumentException("there is no name server to ask");
        }
        for (InetSocketAddress server : nameServers) {
            if (server.isUnresolved()) {
                throw new IllegalArgumentException("the name server's address must be in figures: " + server);
            }
        }
        boolean ipv6 = (network.features() & Feature.IPV6) != 0;
        return new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(() -> new ProxyDatagramChannel(network))
                .socketChannelFactory(() -> new ProxySocketChannel(network))
                // One that lived as long as the resolver would end with the session, and hold one of the device's few.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .nameServerProvider(new SequentialDnsServerAddressStreamProvider(nameServers))
                .resolvedAddressTypes(ipv6 ? ResolvedAddressTypes.IPV4_PREFERRED : ResolvedAddressTypes.IPV4_ONLY)
                .maxPayloadSize(ANSWER_BYTES_MAX)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .maxQueriesPerResolve(QUERIES_MAX)
                // What this host's files say of names, domains and retries is of another network.
                .hostsFileEntriesResolver((name, types) -> null)
                .searchDomains(List.of())
                .ndots(1);
    }

    /** As {@link #builder(ProxyNetwork, EventLoop, List)}, with the name servers that the device tells of. */
    static Mono<DnsNameResolverBuilder> builder(ProxyNetwork network, EventLoop loop) {
        return network.repeatable().info().handle((device, sink) -> {
            List<InetSocketAddress> servers = device.nameServers();
            if (servers == null || servers.isEmpty()) {
                sink.error(
                        new UnknownHostException(
                                "the device knows no name server (has it a network?); dnsResolver(loop, nameServers) takes others"));
            } else {
                sink.next(builder(network, loop, servers));
            }
        });
    }
}
