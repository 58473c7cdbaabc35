package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import reactor.core.publisher.Mono;

/** Who takes mail for a domain, asked of the name servers in the device's network by Netty's DNS client. */
public final class MailServers {
    private MailServers() {}

    /** "preference name" each, such as "10 mail.example.org.". */
    public static Mono<List<String>> of(String domain, ProxyClient device, EventLoop loop) {
        return device.dnsResolver(loop).flatMap(builder -> {
            DnsNameResolver dns = builder.build();
            return Mono.<List<String>>create(sink -> dns.resolveAll(new DefaultDnsQuestion(domain, DnsRecordType.MX))
                            .addListener((Future<List<DnsRecord>> answer) -> {
                                if (answer.isSuccess()) {
                                    sink.success(answer.getNow().stream()
                                            .map(MailServers::text)
                                            .toList());
                                } else {
                                    sink.error(answer.cause());
                                }
                            }))
                    .doFinally(end -> dns.close());
        });
    }

    private static String text(DnsRecord record) {
        try {
            ByteBuf data = ((DnsRawRecord) record).content();
            return data.readUnsignedShort() + " " + DefaultDnsRecordDecoder.decodeName(data);
        } finally {
            ReferenceCountUtil.release(record);
        }
    }
}
