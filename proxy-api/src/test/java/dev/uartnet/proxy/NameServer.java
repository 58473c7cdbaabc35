package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A name server on this host, over UDP and TCP at the same port. It knows what the names of its zone say: {@code a.test} and so on have one
 * record of each type; {@code long.test} has TXT that is cut over UDP; {@code silent.test} is never answered; {@code failing.test} is SERVFAIL; others
 * do not exist.
 */
public final class NameServer implements AutoCloseable {
    private static final int TTL = 60;
    private static final int LONG_TEXTS = 20;
    private static final int LONG_TEXT_BYTES = 200;

    final AtomicInteger overUdp = new AtomicInteger();
    final AtomicInteger overTcp = new AtomicInteger();

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("name-server"), NioIoHandler.newFactory());
    private final Channel udp;
    private final Channel tcp;

    /** Starts one at any free port of 127.0.0.1. */
    public NameServer() {
        Channel here = null;
        Channel there = null;
        while (there == null) {
            here = bindUdp();
            // Somebody else may have that port of TCP.
            ChannelFuture bound = bindTcp(here.localAddress()).awaitUninterruptibly();
            if (bound.isSuccess()) {
                there = bound.channel();
            } else {
                here.close().syncUninterruptibly();
            }
        }
        udp = here;
        tcp = there;
    }

    private Channel bindUdp() {
        return new Bootstrap()
                .group(loops)
                .channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new OverUdp());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private ChannelFuture bindTcp(SocketAddress address) {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new OverTcp());
                    }
                })
                .bind(address);
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) udp.localAddress();
    }

    @Override
    public void close() {
        udp.close().syncUninterruptibly();
        tcp.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class OverUdp extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
            overUdp.incrementAndGet();
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            if (question.name().equals("silent.test.")) {
                return;
            }
            DnsResponse response = new DatagramDnsResponse(
                    /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
            if (question.name().equals("long.test.")) {
                response.setTruncated(true).addRecord(DnsSection.QUESTION, copy(question));
            } else {
                answer(question, response);
            }
            ctx.writeAndFlush(response);
        }
    }

    private final class OverTcp extends SimpleChannelInboundHandler<DnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DnsQuery query) {
            overTcp.incrementAndGet();
            DnsResponse response = new DefaultDnsResponse(query.id());
            answer(query.recordAt(DnsSection.QUESTION), response);
            ctx.writeAndFlush(response);
        }
    }

    private static DnsQuestion copy(DnsQuestion question) {
        return new DefaultDnsQuestion(question.name(), question.type(), question.dnsClass());
    }

    private static void answer(DnsQuestion question, DnsResponse response) {
        response.addRecord(DnsSection.QUESTION, copy(question));
        List<ByteBuf> data = recordsOf(question.name(), question.type());
        if (question.name().equals("failing.test.")) {
            response.setCode(DnsResponseCode.SERVFAIL);
        } else if (data.isEmpty() && !question.name().endsWith("a.test.")) {
            response.setCode(DnsResponseCode.NXDOMAIN);
        }
        data.forEach(bytes -> response.addRecord(
                DnsSection.ANSWER,
                new DefaultDnsRawRecord(question.name(), question.type(), DnsRecord.CLASS_IN, TTL, bytes)));
    }

    private static List<ByteBuf> recordsOf(String name, DnsRecordType type) {
        if (name.equals("long.test.") && type == DnsRecordType.TXT) {
            return IntStream.range(0, LONG_TEXTS)
                    .mapToObj(i -> text("x".repeat(LONG_TEXT_BYTES)))
                    .toList();
        }
        if (name.equals("1.2.0.192.in-addr.arpa.") && type == DnsRecordType.PTR) {
            return List.of(name("a.test"));
        }
        if (!name.equals("a.test.")) {
            return List.of();
        }
        if (type == DnsRecordType.A) {
            return List.of(Unpooled.wrappedBuffer(new byte[] {(byte) 192, 0, 2, 1}));
        } else if (type == DnsRecordType.AAAA) {
            return List.of(
                    Unpooled.wrappedBuffer(new byte[] {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
        } else if (type == DnsRecordType.MX) {
            return List.of(
                    Unpooled.wrappedBuffer(Unpooled.buffer().writeShort(10), name("mail.a.test")),
                    Unpooled.wrappedBuffer(Unpooled.buffer().writeShort(20), name("spare.a.test")));
        } else if (type == DnsRecordType.TXT) {
            return List.of(text("v=spf1 -all"));
        } else if (type == DnsRecordType.SRV) {
            return List.of(Unpooled.wrappedBuffer(
                    Unpooled.buffer().writeShort(1).writeShort(2).writeShort(5060), name("sip.a.test")));
        }
        return List.of();
    }

    private static ByteBuf text(String text) {
        return Unpooled.buffer().writeByte(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuf name(String name) {
        ByteBuf bytes = Unpooled.buffer();
        for (String label : name.split("\\.", -1)) {
            bytes.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.writeByte(0);
    }
}
