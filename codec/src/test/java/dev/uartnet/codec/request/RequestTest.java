package dev.uartnet.codec.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.FrameNotSentException;
import dev.uartnet.codec.link.LinkEnded;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.Demand;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Event;
import dev.uartnet.codec.message.Next;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Output;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final RequestHandler requests = new RequestHandler();
    private final EmbeddedChannel channel = new EmbeddedChannel(requests);

    RequestTest() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private Future<List<@Nullable Object>> ping(Object payload) {
        return requests.request(Operation.PING, SECOND, payload);
    }

    @Test
    void answersInAnyOrderFindTheirRequests() {
        Random random = new Random(5);
        List<Future<List<@Nullable Object>>> futures = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            futures.add(ping((long) i));
        }
        assertThat(requests.inFlight()).isEqualTo(1_000);
        List<Request> sent = new ArrayList<>();
        for (Request request = channel.readOutbound(); request != null; request = channel.readOutbound()) {
            sent.add(request);
        }
        assertThat(sent).extracting(Request::id).doesNotHaveDuplicates();
        Collections.shuffle(sent, random);
        sent.forEach(request -> channel.writeInbound(new Response(request.id(), request.args())));
        for (int i = 0; i < 1_000; i++) {
            assertThat(futures.get(i).getNow()).containsExactly((long) i);
        }
        assertThat(requests.inFlight()).isZero();
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void anErrorIsTyped() {
        Future<?> resolve = requests.request(Operation.RESOLVE, SECOND, "nowhere", 0);
        Request request = channel.readOutbound();
        channel.writeInbound(
                new ErrorResponse(request.id(), ErrorCode.NAME_NOT_FOUND, "no such name: nowhere", -2, List.of()));
        assertThat(resolve.cause())
                .isInstanceOfSatisfying(RequestFailedException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(ErrorCode.NAME_NOT_FOUND);
                    assertThat(e.errno()).isEqualTo(-2);
                })
                .hasMessage("no such name: nowhere (errno -2 of the device)");
    }

    @Test
    void theDeadlineEndsARequestOnceAndItsIdStaysTakenUntilTheAnswer() {
        Future<?> late = ping("late");
        Request request = channel.readOutbound();
        assertThat(request.deadlineMillis()).isEqualTo(1_000);
        channel.advanceTimeBy(1_001, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(late.cause()).isInstanceOf(RequestTimeoutException.class).hasMessageContaining("1000 ms");
        assertThat(channel.<Object>readOutbound()).isEqualTo(new Cancel(request.id()));

        Future<?> next = ping("next");
        Request second = channel.readOutbound();
        assertThat(second.id()).isNotEqualTo(request.id());
        channel.writeInbound(new Response(request.id(), List.of("late")));
        assertThat(next.isDone()).isFalse();
        channel.writeInbound(new Response(second.id(), List.of("next")));
        assertThat(next.isSuccess()).isTrue();
        assertThat(requests.inFlight()).isZero();
    }

    @Test
    void theDevicesOwnDeadlineIsTheSameToTheCaller() {
        Future<?> late = ping("late");
        Request request = channel.readOutbound();
        channel.writeInbound(new ErrorResponse(request.id(), ErrorCode.DEADLINE, "", null, List.of()));
        assertThat(late.cause()).isInstanceOf(RequestTimeoutException.class);
    }

    @Test
    void withoutDeadlineItWaits() {
        Future<?> patient = requests.request(Operation.PING, Duration.ZERO);
        Request request = channel.readOutbound();
        assertThat(request.deadlineMillis()).isZero();
        channel.advanceTimeBy(10, TimeUnit.DAYS);
        channel.runScheduledPendingTasks();
        assertThat(patient.isDone()).isFalse();
    }

    @Test
    void aDeadlineBeyondAllTimersIsNone() {
        Future<?> patient = requests.request(Operation.PING, Duration.ofSeconds(Long.MAX_VALUE));
        Request request = channel.readOutbound();
        assertThat(request.deadlineMillis()).isZero();
        channel.writeInbound(new Response(request.id(), List.of()));
        assertThat(patient.isSuccess()).isTrue();
    }

    @Test
    void cancellingTellsTheDeviceOnce() {
        Future<?> unwanted = ping("x");
        Request request = channel.readOutbound();
        assertThat(unwanted.cancel(false)).isTrue();
        channel.runPendingTasks();
        assertThat(channel.<Object>readOutbound()).isEqualTo(new Cancel(request.id()));
        channel.writeInbound(new ErrorResponse(request.id(), ErrorCode.CANCELLED, "", null, List.of()));
        assertThat(requests.inFlight()).isZero();
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void theEndOfTheSessionFailsAllOnceAndSaysWhetherTheyMayHaveRun() {
        Future<?> sent = ping("sent");
        EmbeddedChannel stuck = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                promise.setFailure(new FrameNotSentException(new LinkException("gone")));
            }
        });
        RequestHandler waiting = new RequestHandler();
        stuck.pipeline().addLast(waiting);
        Future<?> notSent = waiting.request(Operation.PING, SECOND);

        LinkEnded end = new LinkEnded(new LinkException("the cable was pulled"));
        channel.pipeline().fireUserEventTriggered(end);
        stuck.pipeline().fireUserEventTriggered(end);
        assertThat(sent.cause())
                .isInstanceOfSatisfying(RequestAbortedException.class, e -> assertThat(e.mayHaveRun())
                        .isTrue())
                .hasMessage("the cable was pulled; the request may have run");
        assertThat(notSent.cause())
                .isInstanceOfSatisfying(RequestAbortedException.class, e -> assertThat(e.mayHaveRun())
                        .isFalse())
                .hasMessage("the cable was pulled; the request did not run");
        Future<?> later = ping("later");
        assertThat(later.cause()).isInstanceOfSatisfying(RequestAbortedException.class, e -> assertThat(e.mayHaveRun())
                .isFalse());
        stuck.finishAndReleaseAll();
    }

    @Test
    void closingTheChannelFailsAll() {
        Future<?> open = ping("x");
        channel.close();
        assertThat(open.cause()).isInstanceOf(RequestAbortedException.class);
    }

    @Test
    void otherMessagesTravelOn() {
        channel.writeInbound(new Event(1, List.of()));
        assertThat(channel.<Object>readInbound()).isEqualTo(new Event(1, List.of()));
        channel.writeInbound(new Response(12, List.of("nobody asked")));
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void aNegativeDeadlineIsRefused() {
        assertThatThrownBy(() -> requests.request(Operation.PING, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadline");
    }

    @Test
    void itemsAndOutputReachTheirListenerUntilTheAnswer() {
        List<Object> heard = new ArrayList<>();
        RunningRequest request = requests.request(Operation.OBJECT_ITERATE, Duration.ZERO, new RequestListener() {
            @Override
            public void next(@Nullable Object item) {
                heard.add("item " + item);
            }

            @Override
            public void output(String text) {
                heard.add(text);
            }
        });
        Request sent = channel.readOutbound();
        request.demand(2);
        assertThat(channel.<Object>readOutbound()).isEqualTo(new Demand(sent.id(), 2));
        channel.writeInbound(new Next(sent.id(), 1L), new Output(sent.id(), "text"), new Next(sent.id() + 1, 9L));
        channel.writeInbound(new Next(sent.id(), null), new Response(sent.id(), List.of()), new Next(sent.id(), 3L));
        assertThat(heard).containsExactly("item 1", "text", "item null");
        assertThat(request.answer().isSuccess()).isTrue();
        request.demand(1);
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void whatComesForACancelledRequestIsUnwantedAndItsNumberIsNotDemandedForTheNext() {
        List<Object> heard = new ArrayList<>();
        RunningRequest first = requests.request(Operation.OBJECT_ITERATE, Duration.ZERO, new RequestListener() {
            @Override
            public void next(@Nullable Object item) {
                heard.add(String.valueOf(item));
            }

            @Override
            public void unwanted(@Nullable Object value) {
                heard.add("unwanted " + value);
            }
        });
        Request sent = channel.readOutbound();
        first.answer().cancel(false);
        assertThat(channel.<Object>readOutbound()).isEqualTo(new Cancel(sent.id()));
        channel.writeInbound(new Next(sent.id(), 1L));
        first.demand(1);
        assertThat(channel.<Object>readOutbound()).isNull();
        channel.writeInbound(new Response(sent.id(), List.of(2L)));
        assertThat(heard).containsExactly("unwanted 1", "unwanted 2");
    }
}
