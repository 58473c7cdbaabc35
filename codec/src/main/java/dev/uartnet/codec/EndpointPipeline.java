package dev.uartnet.codec;

import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.link.DeviceLinkHandler;
import dev.uartnet.codec.link.HostLinkHandler;
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
        SlipDecoder slip = new SlipDecoder(config.maxFrameBytes());
        HostLinkHandler link = new HostLinkHandler(config, slip::bytes);
        add(pipeline, slip, link);
        pipeline.addLast("request", new RequestHandler());
        return link;
    }

    /**
     * Adds a device's handlers: {@code slip}, {@code crc}, {@code link}, {@code message}.
     *
     * @param bootId random number of this boot
     */
    public static void addDevice(ChannelPipeline pipeline, LinkConfig config, int bootId) {
        add(pipeline, new SlipDecoder(config.maxFrameBytes()), new DeviceLinkHandler(config, bootId));
    }

    private static void add(ChannelPipeline pipeline, SlipDecoder slip, LinkHandler link) {
        pipeline.addLast("slip-encoder", new SlipEncoder())
                .addLast("slip-decoder", slip)
                .addLast("crc-encoder", new CrcEncoder(CrcAlgorithm.CRC_32))
                .addLast("crc-decoder", new CrcDecoder(CrcAlgorithm.CRC_32))
                .addLast("link", link)
                .addLast("message", new MessageCodec());
    }
}
