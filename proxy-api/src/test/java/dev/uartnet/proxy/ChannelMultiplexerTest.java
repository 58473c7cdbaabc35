package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages on the link for what sockets do, and back. The test is the device. */
class ChannelMultiplexerTest extends OnOneLink {
    private static final int FRAME_DATA = MAX_PAYLOAD - 6;
    private static final int WINDOW = 1000;
    private static final Duration LINGER = Duration.ofSeconds(30);

    /** Notes what its stream tells it. */
    private static final class Note implements ProxiedStream.Socket {
        final List<String> events = new ArrayList<>();
        int sent;

        @Override
        public void onConnected(InetSocketAddress local, InetSocketAddress remote) {
            events.add("connected " + local + " " + remote);
        }

        @Override
        public void onOpenFailed(Throwable cause) {
            events.add("failed " + cause.getClass().getSimpleName());
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
            sent += bytes;
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

    private ProxiedStream connect(Note note, Duration timeout) {
        ProxiedStream stream = new ProxiedStream(multiplexer, note);
        stream.connect(InetSocketAddress.createUnresolved("server.test", 80), WINDOW, timeout, Map.of(), null);
        return stream;
    }

    private void accept(Request request, int credit) {
        byte[] local = {10, 0, 0, 1};
        byte[] remote = {10, 0, 0, 2};
        link.writeInbound(new Response(request.id(), List.of(local, 4000L, remote, 80L, (long) credit)));
    }

    private ProxiedStream opened(Note note, int credit) {
        ProxiedStream stream = connect(note, Duration.ZERO);
        accept(next(Request.class), credit);
        return stream;
    }

    private static int channelOf(Request request) {
        return (Integer) Objects.requireNonNull(request.args().get(0));
    }

    private static ByteBuf bytes(int size) {
        return Unpooled.wrappedBuffer(new byte[size]);
    }

    @Test
    void connectsByNameAndKeepsIt() {
        Note note = new Note();
        connect(note, Duration.ofSeconds(3));
        Request request = next(Request.class);
        assertThat(request.deadlineMillis()).isEqualTo(3000);
        assertThat(request.args()).containsExactly(0, "server.test", 80, WINDOW, Map.of());
        accept(request, 0);
        assertThat(note.events).containsExactly("connected /10.0.0.1:4000 server.test/10.0.0.2:80");
    }

    @Test
    void numbersAreEvenAndTheLowestFreeOne() {
        ProxiedStream first = connect(new Note(), Duration.ZERO);
        Request request = next(Request.class);
        assertThat(channelOf(request)).isZero();
        connect(new Note(), Duration.ZERO);
        assertThat(channelOf(next(Request.class))).isEqualTo(2);
        accept(request, 0);
        first.close(LINGER);
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        connect(new Note(), Duration.ZERO);
        assertThat(channelOf(next(Request.class)))
                .as("0 is in use until the device has closed, too")
                .isEqualTo(4);
        link.writeInbound(ChannelClose.orderly(0));
        connect(new Note(), Duration.ZERO);
        assertThat(channelOf(next(Request.class))).isZero();
    }

    @Test
    void aConnectionThatComesAboutAfterItsCancellationIsClosed() {
        Note note = new Note();
        ProxiedStream stream = connect(note, Duration.ZERO);
        Request request = next(Request.class);
        stream.close(LINGER);
        assertThat(next(Cancel.class).id()).isEqualTo(request.id());
        accept(request, 10);
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
        link.writeInbound(ChannelClose.orderly(0));
        nothingMore();
        assertThat(note.events).isEmpty();
        connect(new Note(), Duration.ZERO);
        assertThat(channelOf(next(Request.class))).isZero();
    }

    @Test
    void aConnectionThatComesAboutAfterItsTimeoutIsClosed() {
        Note note = new Note();
        connect(note, Duration.ofMillis(100));
        Request request = next(Request.class);
        link.advanceTimeBy(200, TimeUnit.MILLISECONDS);
        link.runScheduledPendingTasks();
        assertThat(note.events).containsExactly("failed ConnectTimeoutException");
        assertThat(next(Cancel.class).id()).isEqualTo(request.id());
        accept(request, 10);
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
    }

    @Test
    void aCancellationThatCameInTimeFreesTheNumber() {
        ProxiedStream stream = connect(new Note(), Duration.ZERO);
        Request request = next(Request.class);
        stream.close(LINGER);
        next(Cancel.class);
        link.writeInbound(new ErrorResponse(request.id(), ErrorCode.CANCELLED, "", null, List.of()));
        connect(new Note(), Duration.ZERO);
        assertThat(channelOf(next(Request.class))).isZero();
        nothingMore();
    }

    @Test
    void refusalsAreTyped() {
        Note note = new Note();
        connect(note, Duration.ZERO);
        Request request = next(Request.class);
        link.writeInbound(new ErrorResponse(request.id(), ErrorCode.NETWORK_DOWN, "Wi-Fi is down", null, List.of()));
        assertThat(note.events).containsExactly("failed NoRouteToHostException");
    }

    @Test
    void sendsNoMoreThanTheCredit() {
        Note note = new Note();
        ProxiedStream stream = opened(note, 100);
        stream.send(new ArrayDeque<>(List.of(bytes(300))));
        assertThat(nextBytes(0)).isEqualTo(100);
        nothingMore();
        assertThat(note.sent).isEqualTo(100);
        link.writeInbound(new ChannelCredit(0, 1000));
        assertThat(nextBytes(0)).isEqualTo(200);
        nothingMore();
    }

    private int nextBytes(int channel) {
        ChannelData data = next(ChannelData.class);
        assertThat(data.channel()).isEqualTo(channel);
        int bytes = data.content().readableBytes();
        data.release();
        return bytes;
    }

    @Test
    void gathersSmallWritesAndCutsLargeOnes() {
        ProxiedStream stream = opened(new Note(), 10_000);
        stream.send(new ArrayDeque<>(List.of(bytes(1), bytes(2), bytes(3))));
        assertThat(nextBytes(0)).isEqualTo(6);
        stream.send(new ArrayDeque<>(List.of(bytes(FRAME_DATA + 1))));
        assertThat(nextBytes(0)).isEqualTo(FRAME_DATA);
        assertThat(nextBytes(0)).isEqualTo(1);
        nothingMore();
    }

    @Test
    void streamsSendInTurnsAndEndInOrder() {
        ProxiedStream first = opened(new Note(), 10 * FRAME_DATA);
        ProxiedStream second = opened(new Note(), 10 * FRAME_DATA);
        writable(false);
        first.send(new ArrayDeque<>(List.of(bytes(3 * FRAME_DATA))));
        first.shutdownOutput();
        second.send(new ArrayDeque<>(List.of(bytes(2 * FRAME_DATA))));
        second.close(LINGER);
        nothingMore();
        writable(true);
        assertThat(nextBytes(0)).isEqualTo(FRAME_DATA);
        assertThat(nextBytes(2)).isEqualTo(FRAME_DATA);
        assertThat(nextBytes(0)).isEqualTo(FRAME_DATA);
        assertThat(nextBytes(2)).isEqualTo(FRAME_DATA);
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(2));
        assertThat(nextBytes(0)).isEqualTo(FRAME_DATA);
        assertThat(next(ChannelEof.class).channel()).isZero();
        nothingMore();
    }

    private void writable(boolean writable) {
        Objects.requireNonNull(link.unsafe().outboundBuffer()).setUserDefinedWritability(1, writable);
        link.runPendingTasks();
    }

    @Test
    void aLingeringStreamGivesUp() {
        ProxiedStream stream = opened(new Note(), 0);
        stream.send(new ArrayDeque<>(List.of(bytes(10))));
        stream.close(LINGER);
        nothingMore();
        link.advanceTimeBy(31, TimeUnit.SECONDS);
        link.runScheduledPendingTasks();
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
    }

    @Test
    void anAbortDropsWhatWaits() {
        ProxiedStream stream = opened(new Note(), 0);
        ByteBuf waiting = bytes(10);
        stream.send(new ArrayDeque<>(List.of(waiting)));
        stream.close(Duration.ZERO);
        assertThat(waiting.refCnt()).isZero();
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CONNECTION_ABORTED);
    }

    @Test
    void moreThanGrantedClosesTheChannel() {
        Note note = new Note();
        opened(note, 0);
        link.writeInbound(new ChannelData(0, bytes(WINDOW)));
        link.writeInbound(new ChannelData(0, bytes(1)));
        assertThat(next(ChannelClose.class).code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
        assertThat(note.events.subList(1, 3))
                .containsExactly("data " + WINDOW, "ended the device sent 1 bytes with a credit of 0");
    }

    @Test
    void grantedBytesMayCome() {
        Note note = new Note();
        ProxiedStream stream = opened(note, 0);
        link.writeInbound(new ChannelData(0, bytes(WINDOW)));
        stream.grant(500);
        assertThat(next(ChannelCredit.class)).isEqualTo(new ChannelCredit(0, 500));
        link.writeInbound(new ChannelData(0, bytes(500)));
        nothingMore();
        link.writeInbound(new ChannelEof(0), new ChannelClose(0, ErrorCode.CONNECTION_RESET, "", 104));
        assertThat(next(ChannelClose.class)).isEqualTo(ChannelClose.orderly(0));
        assertThat(note.events.subList(2, 5)).containsExactly("data 500", "eof", "closed CONNECTION_RESET");
    }

    @Test
    void whatIsUnknownIsIgnoredAndWhatIsForbiddenEndsTheSession() {
        ByteBuf data = bytes(5);
        link.writeInbound(
                new ChannelData(8, data), new ChannelEof(8), new ChannelCredit(8, 1), ChannelClose.orderly(8));
        assertThat(data.refCnt()).isZero();
        nothingMore();
        connect(new Note(), Duration.ZERO);
        link.writeInbound(new Response(next(Request.class).id(), List.of("what?")));
        assertThat(next(LinkReset.class).text()).contains("a socket's opening was answered");
    }

    @Test
    void theEndOfTheLinkEndsEachOnce() {
        Note opening = new Note();
        Note open = new Note();
        connect(opening, Duration.ZERO);
        next(Request.class);
        ProxiedStream stream = opened(open, 0);
        ByteBuf waiting = bytes(10);
        stream.send(new ArrayDeque<>(List.of(waiting)));
        lose();
        assertThat(waiting.refCnt()).isZero();
        assertThat(opening.events).containsExactly("failed LinkLostException");
        assertThat(open.events.subList(1, 2)).containsExactly("ended the link to the device is lost: gone");
        Note late = new Note();
        connect(late, Duration.ZERO);
        assertThat(late.events).containsExactly("failed LinkLostException");
        nothingMore();
    }
}
