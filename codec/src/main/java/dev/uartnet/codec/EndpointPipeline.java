package dev.uartnet.codec;

import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.link.DeviceLinkHandler;
import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LineBytes;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.message.MessageCodec;
import dev.uartnet.codec.request.RequestHandler;
import dev.uartnet.codec.slip.SlipDecoder;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.channel.ChannelPipeline;

/** Puts an endpoint's handlers into a pipeline, from the wire to the application. */
public final class EndpointPipeline {
    private EndpointPipeline() {}

    /**
     * Adds a host's handlers: {@code slip}, {@code crc}, {@code link}, {@code message}, {@code request}.
     *
     * @return the link
     */
    public static HostLinkHandler addHost(ChannelPipeline pipeline, LinkConfig config) {
        SlipDecoder decoder = new SlipDecoder(config.maxFrameBytes());
        SlipEncoder encoder = new SlipEncoder();
        HostLinkHandler link = new HostLinkHandler(config, new LineBytes(decoder::bytes, encoder::bytes));
        add(pipeline, encoder, decoder, link);
        pipeline.addLast("request", new RequestHandler());
        return link;
    }

    /**
     * Adds a device's handlers: {@code slip}, {@code crc}, {@code link}, {@code message}.
     *
     * @param bootId random number of this boot
     */
    public static void addDevice(ChannelPipeline pipeline, LinkConfig config, int bootId) {
        SlipDecoder decoder = new SlipDecoder(config.maxFrameBytes());
        SlipEncoder encoder = new SlipEncoder();
        LineBytes line = new LineBytes(decoder::bytes, encoder::bytes);
        add(pipeline, encoder, decoder, new DeviceLinkHandler(config, bootId, line));
    }

    private static void add(ChannelPipeline pipeline, SlipEncoder encoder, SlipDecoder decoder, LinkHandler link) {
        pipeline.addLast("slip-encoder", encoder)
                .addLast("slip-decoder", decoder)
                .addLast("crc-encoder", new CrcEncoder(CrcAlgorithm.CRC_32))
                .addLast("crc-decoder", new CrcDecoder(CrcAlgorithm.CRC_32))
                .addLast("link", link)
                .addLast("message", new MessageCodec());
    }
}
