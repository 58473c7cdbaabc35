package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.MessageEncoder;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages on the link for what datagram sockets do, and back. The test is the device. */
class ProxiedDatagramsTest extends OnOneLink {
    private static final int WINDOW = 1000;
    private static final InetSocketAddress PEER = new InetSocketAddress("10.0.0.2", 53);
    private static final InetSocketAddress PEER6 = new InetSocketAddress("2001:db8::2", 65_535);
    private static final InetSocketAddress OTHER = new InetSocketAddress("10.0.0.3", 53);

    /** Notes what its channel tells it. */
    private static final class Note implements ProxiedDatagrams.Socket {
        final List<String> events = new ArrayList<>();
        int sent;

        @Override
        public void onBound(InetSocketAddress local, int largest) {
            events.add("bound " + local + " " + largest);
        }

        @Override
        public void onOpenFailed(Throwable cause) {
            events.add("failed " + cause.getClass().getSimpleName());
        }

        @Override
        public void onDatagram(DatagramPacket datagram) {
            events.add("datagram " + datagram.content().readableBytes() + " from " + datagram.sender() + " to "
                    + datagram.recipient());
            datagram.release();
        }

        @Override
        public void onSent(int cost) {
            sent += cost;
        }

        @Override
        public void onDropped(long datagrams, long bytes) {
            events.add("dropped " + datagrams + " " + bytes);
        }

        @Override
        public void onDatagramFailed(IOException cause) {
            events.add(cause.getClass().getSimpleName() + " " + cause.getMessage());
            assertThat(RemoteError.of(cause)).isPresent();
        }

        @Override
        public void onClosed(ChannelClose close) {
            events.add("closed " + close.code());
        }

        @Override
        public void onFailed(IOException cause) {
            events.add("ended " + cause.getMessage());
        }

        String last() {
            return events.get(events.size() - 1);
        }
    }

    private ProxiedDatagrams bind(Note note) {
        ProxiedDatagrams datagrams = new ProxiedDatagrams(multiplexer, note);
        datagrams.bind(new InetSocketAddress("0.0.0.0", 7), WINDOW, Duration.ZERO, Map.of("broadcast", true));
        return datagrams;
    }

    private ProxiedDatagrams bound(Note note, int credit) {
        ProxiedDatagrams datagrams = bind(note);
        Request request = next(Request.class);
        link.writeInbound(new Response(request.id(), List.of(new byte[] {10, 0, 0, 1}, 7L, (long) credit, 1472L)));
        return datagrams;
    }

    private static ByteBuf bytes(int size) {
        return Unpooled.wrappedBuffer(new byte[size]);
    }

    /** The next datagram or piece: "bytes", with "+" if more follow. */
    private String nextPiece(InetSocketAddress peer) {
        ChannelDatagram datagram = next(ChannelDatagram.class);
        assertThat(datagram.peer()).isEqualTo(peer);
        ByteBuf frame = new MessageEncoder().encode(UnpooledByteBufAllocator.DEFAULT, datagram);
        assertThat(frame.readableBytes()).isLessThanOrEqualTo(MAX_PAYLOAD);
        frame.release();
        String piece = datagram.content().readableBytes() + (datagram.more() ? "+" : "");
        datagram.release();
        return piece;
    }

    @Test
    void anyIpv4AddressIsNil() {
        Note note = new Note();
        bind(note);
        Request request = next(Request.class);
        assertThat(request.args()).containsExactly(0, null, 7, WINDOW, Map.of("broadcast", true));
        link.writeInbound(new Response(request.id(), Arrays.asList(new byte[4], 7L, 0L, 1472L)));
        assertThat(note.events).containsExactly("bound /0.0.0.0:7 1472");
    }

    @Test
    void refusalsAreTyped() {
        Note note = new Note();
        bind(note);
        link.writeInbound(
                new ErrorResponse(next(Request.class).id(), ErrorCode.ADDRESS_IN_USE, "EADDRINUSE", 98, List.of()));
        assertThat(note.events).containsExactly("failed BindException");
    }

    @Test
    void aDatagramWaitsForCreditForAllOfIt() {
        Note note = new Note();
        ProxiedDatagrams datagrams = bound(note, 123);
        datagrams.send(PEER, bytes(100));
        nothingMore();
        link.writeInbound(new ChannelCredit(0, 1));
        assertThat(nextPiece(PEER)).isEqualTo("100");
        assertThat(note.sent).isEqualTo(124);
        datagrams.send(OTHER, bytes(0));
        nothingMore();
        link.writeInbound(new ChannelCredit(0, 24));
        assertThat(nextPiece(OTHER)).isEqualTo("0");
    }

    @Test
    void longOnesGoInPiecesThatFitFrames() {
        Note note = new Note();
        ProxiedDatagrams datagrams = bound(note, 2_000);
        datagrams.send(PEER, bytes(600));
        assertThat(nextPiece(PEER)).isEqualTo("240+");
        assertThat(nextPiece(PEER)).isEqualTo("240+");
        assertThat(nextPiece(PEER)).isEqualTo("120");
        datagrams.send(PEER6, bytes(300));
        assertThat(nextPiece(PEER6)).isEqualTo("228+");
        assertThat(nextPiece(PEER6)).isEqualTo("72");
        assertThat(note.sent).isEqualTo(624 + 324);
        nothingMore();
    }

    @Test
    void socketsSendInTurnsAFrameEach() {
        ProxiedDatagrams first = bound(new Note(), 2_000);
        ProxiedDatagrams second = bound(new Note(), 2_000);
        writable(false);
        first.send(PEER, bytes(500));
        second.send(OTHER, bytes(10));
        second.send(OTHER, bytes(20));
        writable(true);
        assertThat(nextPiece(PEER)).isEqualTo("240+");
        assertThat(nextPiece(OTHER)).isEqualTo("10");
        assertThat(nextPiece(PEER)).isEqualTo("240+");
        assertThat(nextPiece(OTHER)).isEqualTo("20");
        assertThat(nextPiece(PEER)).isEqualTo("20");
    }

    private void writable(boolean writable) {
        Objects.requireNonNull(link.unsafe().outboundBuffer()).setUserDefinedWritability(1, writable);
        link.runPendingTasks();
    }

    @Test
    void piecesBecomeOneDatagram() {
        Note note = new Note();
        bound(note, 0);
        link.writeInbound(
                new ChannelDatagram(0, PEER, bytes(200), true),
                new ChannelDatagram(0, PEER, bytes(200), true),
                new ChannelDatagram(0, PEER, bytes(50)),
                new ChannelDatagram(0, OTHER, bytes(0)));
        assertThat(note.events.subList(1, 3))
                .containsExactly(
                        "datagram 450 from /10.0.0.2:53 to /10.0.0.1:7", "datagram 0 from /10.0.0.3:53 to /10.0.0.1:7");
        nothingMore();
    }

    @Test
    void anotherSenderBetweenPiecesEndsTheSession() {
        bound(new Note(), 0);
        ByteBuf first = bytes(200);
        ByteBuf second = bytes(10);
        link.writeInbound(new ChannelDatagram(0, PEER, first, true), new ChannelDatagram(0, OTHER, second));
        assertThat(next(LinkReset.class).text()).contains("between the pieces");
        lose();
        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
    }

    @Test
    void moreThanGrantedClosesTheChannel() {
        Note note = new Note();
        ProxiedDatagrams datagrams = bound(note, 0);
        link.writeInbound(new ChannelDatagram(0, PEER, bytes(WINDOW - 24)));
        datagrams.grant(100);
        assertThat(next(ChannelCredit.class)).isEqualTo(new ChannelCredit(0, 100));
        ByteBuf first = bytes(70);
        link.writeInbound(new ChannelDatagram(0, PEER, first, true), new ChannelDatagram(0, PEER, bytes(7)));
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
        assertThat(note.last()).isEqualTo("ended the device sent a datagram of 77 bytes with a credit of 100");
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void eventsReachTheirSocketWithTypedExceptions() {
        Note note = new Note();
        bound(note, 0);
        event(EventKind.DROPPED, 0L, 3L, 77L);
        assertThat(note.last()).isEqualTo("dropped 3 77");
        event(EventKind.DATAGRAM_FAILED, 0L, (long) ErrorCode.CONNECTION_REFUSED.code(), "ECONNREFUSED", 111L);
        assertThat(note.last()).isEqualTo("PortUnreachableException Port unreachable (device: ECONNREFUSED errno 111)");
        event(EventKind.DATAGRAM_FAILED, 0L, (long) ErrorCode.HOST_UNREACHABLE.code(), "", null);
        assertThat(note.last()).isEqualTo("NoRouteToHostException No route to host");
        event(EventKind.DATAGRAM_FAILED, 0L, (long) ErrorCode.MESSAGE_TOO_BIG.code(), "EMSGSIZE", 90L);
        assertThat(note.last()).startsWith("SocketException Message too long");
        int seen = note.events.size();
        event(EventKind.DROPPED, 8L, 3L, 77L);
        event(EventKind.DROPPED, "what?");
        event(EventKind.DATAGRAM_FAILED);
        assertThat(note.events).hasSize(seen);
        nothingMore();
    }

    private void event(int kind, Object... args) {
        link.writeInbound(new Event(kind, Arrays.asList(args)));
        Object passed = link.readInbound();
        while (passed != null) {
            passed = link.readInbound();
        }
    }

    @Test
    void anEventOfTheNumbersLastChannelIsIgnored() {
        Note note = new Note();
        bind(note);
        next(Request.class);
        event(EventKind.DROPPED, 0L, 3L, 77L);
        nothingMore();
        assertThat(note.events).isEmpty();
    }

    @Test
    void closingSendsFirstWhatWaitsForALimitedTime() {
        ProxiedDatagrams first = bound(new Note(), 500);
        writable(false);
        first.send(PEER, bytes(300));
        first.close();
        nothingMore();
        writable(true);
        assertThat(nextPiece(PEER)).isEqualTo("240+");
        assertThat(nextPiece(PEER)).isEqualTo("60");
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        link.writeInbound(ChannelClose.orderly(0));

        ProxiedDatagrams second = bound(new Note(), 0);
        ByteBuf stuck = bytes(10);
        second.send(PEER, stuck);
        second.close();
        nothingMore();
        link.advanceTimeBy(31, TimeUnit.SECONDS);
        link.runScheduledPendingTasks();
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
        assertThat(stuck.refCnt()).isZero();
    }

    @Test
    void whatComesAfterTheCloseIsDropped() {
        Note note = new Note();
        ProxiedDatagrams datagrams = bound(note, 0);
        ByteBuf piece = bytes(10);
        link.writeInbound(new ChannelDatagram(0, PEER, piece, true));
        datagrams.close();
        assertThat(piece.refCnt()).isZero();
        ByteBuf late = bytes(10);
        link.writeInbound(new ChannelDatagram(0, PEER, late));
        assertThat(late.refCnt()).isZero();
        event(EventKind.DROPPED, 0L, 3L, 77L);
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        link.writeInbound(ChannelClose.orderly(0));
        nothingMore();
        assertThat(note.events).containsExactly("bound /10.0.0.1:7 1472");
    }

    @Test
    void theEndOfTheLinkReleasesWhatWaits() {
        Note note = new Note();
        ProxiedDatagrams datagrams = bound(note, 0);
        ByteBuf waiting = bytes(10);
        ByteBuf piece = bytes(10);
        datagrams.send(PEER, waiting);
        link.writeInbound(new ChannelDatagram(0, PEER, piece, true));
        lose();
        assertThat(waiting.refCnt()).isZero();
        assertThat(piece.refCnt()).isZero();
        assertThat(note.last()).isEqualTo("ended the link to the device is lost: gone");
        Note late = new Note();
        bind(late);
        assertThat(late.events).containsExactly("failed LinkLostException");
    }
}
