package dev.uartnet.codec;

import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.link.DeviceLinkHandler;
import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LineBytes;
import dev.uartnet.codec.link.LineSpeed;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.message.MessageCodec;
import dev.uartnet.codec.request.RequestHandler;
import dev.uartnet.codec.slip.SlipDecoder;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/** Puts an endpoint's handlers into a pipeline, from the wire to the application. */
public final class EndpointPipeline {
    private EndpointPipeline() {}

    /** {@link #addHost(ChannelPipeline, LinkConfig, LineSpeed)} for a line whose speed stays what it is. */
    public static HostLinkHandler addHost(ChannelPipeline pipeline, LinkConfig config) {
        return addHost(pipeline, config, null);
    }

    /**
     * Adds a host's handlers: {@code slip}, {@code crc}, {@code link}, {@code message}, {@code request}.
     *
     * @param speed sets the line's speed, which is config's baudRate now; null if that stays what it is
     * @return the link
     */
    public static HostLinkHandler addHost(ChannelPipeline pipeline, LinkConfig config, @Nullable LineSpeed speed) {
        SlipDecoder decoder = new SlipDecoder(config.maxFrameBytes());
        SlipEncoder encoder = new SlipEncoder();
        LineBytes line = new LineBytes(decoder::bytes, encoder::bytes);
        HostLinkHandler link = new HostLinkHandler(config, line, speed);
        add(pipeline, encoder, decoder, link);
        pipeline.addLast("request", new RequestHandler());
        return link;
    }

    /** {@link #addDevice(ChannelPipeline, LinkConfig, int, LineSpeed)} for a line whose speed stays what it is. */
    public static void addDevice(ChannelPipeline pipeline, LinkConfig config, int bootId) {
        addDevice(pipeline, config, bootId, null);
    }

    /**
     * Adds a device's handlers: {@code slip}, {@code crc}, {@code link}, {@code message}.
     *
     * @param bootId random number of this boot
     * @param speed sets the line's speed, which is config's baudRate between sessions; null if that stays what it is
     */
    public static void addDevice(ChannelPipeline pipeline, LinkConfig config, int bootId, @Nullable LineSpeed speed) {
        SlipDecoder decoder = new SlipDecoder(config.maxFrameBytes());
        SlipEncoder encoder = new SlipEncoder();
        LineBytes line = new LineBytes(decoder::bytes, encoder::bytes);
        add(pipeline, encoder, decoder, new DeviceLinkHandler(config, bootId, line, speed));
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
