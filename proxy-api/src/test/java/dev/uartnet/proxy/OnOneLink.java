package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkEstablished;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.request.RequestHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A link on which a session lives, down to its messages. The test is the device. */
abstract class OnOneLink {
    static final int MAX_PAYLOAD = 256;

    final ChannelMultiplexer multiplexer = new ChannelMultiplexer(() -> MAX_PAYLOAD);
    final EmbeddedChannel link = new EmbeddedChannel();

    @BeforeEach
    void open() {
        link.pipeline()
                .addLast(new OpeningTracker(multiplexer))
                .addLast(new RequestHandler())
                .addLast(new SessionHandler(new SessionHandler.Owner() {
                    @Override
                    public void established(Session session) {}

                    @Override
                    public void failed(Throwable cause) {}

                    @Override
                    public void lost(LinkLostException cause) {}
                }))
                .addLast(multiplexer);
        link.pipeline()
                .fireUserEventTriggered(
                        new LinkEstablished(new Session(1, 2, 3, 0, 8, 8192, MAX_PAYLOAD, 1000, 0, "test")));
    }

    @AfterEach
    void close() {
        link.finishAndReleaseAll();
    }

    /** The next message for the device. */
    final <T> T next(Class<T> type) {
        Object message = link.readOutbound();
        assertThat(message).isInstanceOf(type);
        return type.cast(Objects.requireNonNull(message));
    }

    final void nothingMore() {
        assertThat(link.outboundMessages()).isEmpty();
    }

    /** Ends the session: "gone". */
    final void lose() {
        link.pipeline().fireUserEventTriggered(new LinkEnded(new LinkException("gone")));
    }
}
