package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages on the link for what a listener does, and back. The test is the device. */
class ProxiedListenerTest extends OnOneLink {
    private static final InetSocketAddress LOCAL = new InetSocketAddress(NetUtil.LOCALHOST4, 80);
    private static final InetSocketAddress REMOTE = new InetSocketAddress(NetUtil.LOCALHOST4, 4000);
    private static final int WINDOW = 1000;

    private final List<String> events = new ArrayList<>();
    private final List<ProxiedStream> streams = new ArrayList<>();

    private final class Listening implements ProxiedListener.Socket {
        @Override
        public void onListening(InetSocketAddress local) {
            events.add("listening " + local);
        }

        @Override
        public ProxiedStream onAccept(ChannelAccept accept) {
            events.add("accepted " + accept.channel());
            ProxiedStream stream = new ProxiedStream(multiplexer, new Connected(), accept, WINDOW);
            streams.add(stream);
            return stream;
        }

        @Override
        public void onOpenFailed(Throwable cause) {
            events.add("failed " + cause.getClass().getSimpleName());
        }

        @Override
        public void onClosed(ChannelClose close) {
            events.add("closed " + close.code());
        }

        @Override
        public void onFailed(IOException cause) {
            events.add("ended " + cause.getMessage());
        }
    }

    private final class Connected implements ProxiedStream.Socket {
        @Override
        public void onConnected(InetSocketAddress local, InetSocketAddress remote) {
            throw new AssertionError("it was connected from the beginning");
        }

        @Override
        public void onOpenFailed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onData(ByteBuf data) {
            events.add("data " + data.readableBytes());
            data.release();
        }

        @Override
        public void onEof() {
            events.add("eof");
        }

        @Override
        public void onSent(int bytes) {
            events.add("sent " + bytes);
        }

        @Override
        public void onClosed(ChannelClose close) {
            events.add("connection closed " + close.code());
        }

        @Override
        public void onFailed(IOException cause) {
            events.add("connection ended " + cause.getMessage());
        }
    }

    private ProxiedListener listen(int credit) {
        ProxiedListener listener = new ProxiedListener(multiplexer, new Listening());
        listener.listen(
                new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString("0.0.0.0"), 80),
                5,
                credit,
                Duration.ofSeconds(3),
                Map.of("credit", WINDOW),
                null);
        return listener;
    }

    private ProxiedListener listening(int credit) {
        ProxiedListener listener = listen(credit);
        answer(next(Request.class));
        return listener;
    }

    private void answer(Request request) {
        link.writeInbound(new Response(request.id(), List.of(LOCAL.getAddress().getAddress(), (long) LOCAL.getPort())));
    }

    private void comesIn(int channel) {
        link.writeInbound(new ChannelAccept(0, channel, LOCAL, REMOTE, 100));
    }

    @Test
    void listens() {
        listen(4);
        Request request = next(Request.class);
        assertThat(request.deadlineMillis()).isEqualTo(3000);
        assertThat(request.args()).containsExactly(0, null, 80, 5, 4, Map.of("credit", WINDOW));
        answer(request);
        assertThat(events).containsExactly("listening /127.0.0.1:80");
    }

    @Test
    void connectionsAreChannelsOfTheirOwn() {
        ProxiedListener listener = listening(2);
        comesIn(1);
        link.writeInbound(new ChannelData(1, Unpooled.wrappedBuffer(new byte[7])));
        comesIn(3);
        assertThat(events.subList(1, 4)).containsExactly("accepted 1", "data 7", "accepted 3");
        streams.get(0).send(new ArrayDeque<>(List.of(Unpooled.wrappedBuffer(new byte[150]))));
        ChannelData data = next(ChannelData.class);
        assertThat(data.content().readableBytes())
                .as("the credit of its ACCEPT")
                .isEqualTo(100);
        data.release();
        listener.close();
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        streams.get(1).close(Duration.ofSeconds(1));
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(3));
        // Their numbers are the device's: it may use them again, and ours are ours.
        link.writeInbound(ChannelClose.orderly(3), ChannelClose.orderly(0));
        listening(1);
        comesIn(3);
        assertThat(events).endsWith("listening /127.0.0.1:80", "accepted 3");
    }

    @Test
    void grantsConnections() {
        ProxiedListener listener = listening(0);
        listener.grant(1);
        assertThat(next(ChannelCredit.class)).isEqualTo(new ChannelCredit(0, 1));
        comesIn(1);
        assertThat(events).endsWith("accepted 1");
        comesIn(3);
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
        assertThat(next(ChannelClose.class))
                .extracting(ChannelClose::channel, ChannelClose::code)
                .containsExactly(3, ErrorCode.CONNECTION_ABORTED);
        assertThat(events).endsWith("ended the device announced a connection without a credit for it");
    }

    @Test
    void whatComesInBehindTheEndIsClosed() {
        ProxiedListener listener = listening(4);
        listener.close();
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        ByteBuf data = Unpooled.wrappedBuffer(new byte[5]);
        comesIn(1);
        link.writeInbound(new ChannelData(1, data));
        assertThat(next(ChannelClose.class))
                .extracting(ChannelClose::channel, ChannelClose::code)
                .containsExactly(1, ErrorCode.CONNECTION_ABORTED);
        assertThat(data.refCnt()).isZero();
        link.writeInbound(ChannelClose.orderly(1), ChannelClose.orderly(0));
        assertThat(link.outboundMessages()).isEmpty();
        assertThat(events).hasSize(1);
    }

    @Test
    void aListenerThatComesAboutTooLateIsClosed() {
        ProxiedListener listener = listen(4);
        Request request = next(Request.class);
        listener.close();
        assertThat(next(Cancel.class).id()).isEqualTo(request.id());
        answer(request);
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
        assertThat(events).isEmpty();
    }

    @Test
    void numbersThatCannotBeEndTheSession() {
        listening(4);
        comesIn(2);
        assertThat(next(LinkReset.class).text()).contains("channel 2");
        comesIn(1);
        comesIn(1);
        assertThat(next(LinkReset.class).text()).contains("channel 1");
    }

    @Test
    void endsWithTheDevicesWordOrTheLink() {
        listen(1);
        link.writeInbound(
                new ErrorResponse(next(Request.class).id(), ErrorCode.ADDRESS_IN_USE, "EADDRINUSE", 98, List.of()));
        assertThat(events).containsExactly("failed BindException");
        listening(1);
        link.writeInbound(new ChannelClose(0, ErrorCode.NETWORK_DOWN, "", null));
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        assertThat(events).endsWith("closed NETWORK_DOWN");
        listening(1);
        comesIn(1);
        lose();
        assertThat(events)
                .contains("ended the link to the device is lost: gone")
                .contains("connection ended the link to the device is lost: gone");
    }
}
