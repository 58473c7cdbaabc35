package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.HostLinkHandler;
import dev.uartnet.codec.link.LineBytes;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.Session;
import dev.uartnet.proxy.LinkState.Kind;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.retry.Retry;

/** The states of a client's link, without a line: the test is the one that connects, and that loses what it has connected. */
class ReconnectionTest {
    private static final Retry BACKOFF = Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(1))
            .jitter(0);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final Connection first = connection(1);
    private final AtomicInteger attempts = new AtomicInteger();
    /** What the next attempt brings. */
    private Mono<Connection> next = Mono.error(new IOException("no such port"));

    private final Mono<Connection> connecting = Mono.defer(() -> {
        attempts.incrementAndGet();
        return next;
    });

    @BeforeEach
    void noTimeHasPassed() {
        assertThat(time.now(TimeUnit.MILLISECONDS)).isZero();
    }

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    private static Connection connection(int tag) {
        Session session = new Session(tag, 1, 2, 0, 8, 8_000, 1_000, 1_000, 0, "test");
        LinkHandler link = new HostLinkHandler(LinkConfig.host(), new LineBytes(() -> 0, () -> 0), null);
        return new Connection(new EmbeddedChannel(), true, session, link, new ChannelMultiplexer(() -> 1_032));
    }

    private Reconnection link(Retry retry, WhileDown whileDown) {
        Reconnection link = new Reconnection(first, connecting, retry, whileDown);
        link.start();
        return link;
    }

    private static void lose(Connection connection) {
        connection.ended(LinkLostException.ended("pulled", new LinkException("pulled")));
    }

    private static LinkState present(Reconnection link) {
        return Objects.requireNonNull(link.states().blockFirst());
    }

    private void after(long millis) {
        time.advanceTimeBy(Duration.ofMillis(millis));
    }

    @Test
    void attemptsComeWhenTheRetrySaysAndItBeginsAnewAfterASuccess() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        Connection second = connection(2);
        StepVerifier states = StepVerifier.create(link.states())
                .assertNext(state -> assertThat(state.kind()).isEqualTo(Kind.CONNECTED))
                .assertNext(state -> {
                    assertThat(state.kind()).isEqualTo(Kind.RECONNECTING);
                    assertThat(state.cause())
                            .isInstanceOf(LinkLostException.class)
                            .hasMessageContaining("pulled");
                    assertThat(state.attempts()).isZero();
                })
                .assertNext(state -> {
                    assertThat(state.attempts()).isEqualTo(1);
                    assertThat(state.cause()).hasMessage("no such port");
                })
                .assertNext(state -> assertThat(state.attempts()).isEqualTo(2))
                .assertNext(state -> {
                    assertThat(state.kind()).isEqualTo(Kind.CONNECTED);
                    assertThat(state.session()).isEqualTo(second.session());
                    assertThat(state.cause()).isNull();
                })
                .assertNext(state -> assertThat(state.kind()).isEqualTo(Kind.RECONNECTING))
                .thenCancel()
                .verifyLater();
        lose(first);
        after(99);
        assertThat(attempts).hasValue(0);
        after(1);
        assertThat(attempts).hasValue(1);
        after(199);
        assertThat(attempts).hasValue(1);
        after(1);
        assertThat(attempts).hasValue(2);
        next = Mono.just(second);
        after(400);
        assertThat(attempts).hasValue(3);
        assertThat(link.present()).isSameAs(second);
        after(1_000_000);
        assertThat(attempts).hasValue(3);

        lose(second);
        states.verify(Duration.ofSeconds(20));
        after(99);
        assertThat(attempts).hasValue(3);
        after(1);
        assertThat(attempts).hasValue(4);
    }

    @Test
    void theDefaultNeverWaitsLongNorGivesUp() {
        Reconnection link = new Reconnection(first, connecting, ProxyConnector.RECONNECT, WhileDown.WAIT);
        link.start();
        lose(first);
        after(151);
        assertThat(attempts).hasValue(1);
        after(100_000);
        assertThat(attempts).hasValueBetween(10, 60);
        int before = attempts.get();
        after(7_501);
        assertThat(attempts).hasValueGreaterThan(before);
        assertThat(link.isOver()).isFalse();
        link.close();
    }

    @Test
    void itGivesUpWhenTheRetryDoes() {
        Reconnection link = link(Retry.fixedDelay(2, Duration.ofSeconds(1)), WhileDown.WAIT);
        lose(first);
        CompletableFuture<Connection> waiter = link.connection().toFuture();
        after(2_000);
        assertThat(attempts).hasValue(2);
        assertThat(link.isOver()).isTrue();
        assertThat(present(link).kind()).isEqualTo(Kind.CLOSED);
        assertThat(present(link).cause())
                .isInstanceOf(LinkLostException.class)
                .hasMessage("the link to the device is lost: gave up after 2 attempts to connect again: no such port");
        assertThat(waiter).isCompletedExceptionally();
        waiter.exceptionally(cause -> {
            assertThat(cause)
                    .isInstanceOf(LinkLostException.class)
                    .hasMessageContaining("no such port")
                    .hasMessageEndingWith("the request did not run");
            return first;
        });
        StepVerifier.create(link.onClose()).verifyError(LinkLostException.class);
        StepVerifier.create(link.states()).expectNextCount(1).verifyComplete();
        StepVerifier.create(link.connection()).verifyError(LinkLostException.class);
    }

    @Test
    void aRetryThatRefusesTheLossIsNoAttempt() {
        Reconnection link = link(Retry.indefinitely().filter(cause -> false), WhileDown.WAIT);
        lose(first);
        assertThat(attempts).hasValue(0);
        assertThat(present(link).cause()).hasMessage("the link to the device is lost: pulled");
        StepVerifier.create(link.onClose()).verifyErrorMessage("the link to the device is lost: pulled");
    }

    @Test
    void aRetryThatEndsWithoutAnErrorHasGivenUpToo() {
        Reconnection link = link(Retry.withThrowable(failures -> failures.take(2)), WhileDown.WAIT);
        lose(first);
        assertThat(attempts).hasValue(2);
        assertThat(present(link).kind()).isEqualTo(Kind.CLOSED);
    }

    @Test
    void withoutRetryTheFirstLossIsTheEnd() {
        Reconnection link = new Reconnection(first, connecting, null, WhileDown.WAIT);
        link.start();
        lose(first);
        assertThat(attempts).hasValue(0);
        assertThat(link.isOver()).isTrue();
        StepVerifier.create(link.onClose()).verifyError(LinkLostException.class);
    }

    @Test
    void eventLoopsThatWereShutDownAreTheEnd() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        next = Mono.error(new RejectedExecutionException("event executor terminated"));
        lose(first);
        after(1_000_000);
        assertThat(attempts).hasValue(1);
        assertThat(present(link).cause()).hasMessage("the link to the device is lost: its event loop has shut down");
    }

    @Test
    void newWorkWaitsOrFails() {
        Reconnection waiting = link(BACKOFF, WhileDown.WAIT);
        Reconnection failing = new Reconnection(connection(5), connecting, BACKOFF, WhileDown.FAIL);
        failing.start();
        Connection last = Objects.requireNonNull(failing.present());
        StepVerifier.create(waiting.connection()).expectNext(first).verifyComplete();
        StepVerifier.create(failing.connection()).expectNext(last).verifyComplete();
        lose(first);
        lose(last);
        after(100);
        CompletableFuture<Connection> waiter = waiting.connection().toFuture();
        CompletableFuture<Connection> gone = waiting.connection().toFuture();
        gone.cancel(false);
        CompletableFuture<Connection> begun = failing.after(last).toFuture();
        StepVerifier.create(failing.connection()).verifyErrorSatisfies(cause -> assertThat(cause)
                .isInstanceOfSatisfying(LinkLostException.class, lost -> assertThat(lost.mayHaveRun())
                        .isFalse())
                .hasMessage("the link to the device is down: no such port; the request did not run"));
        assertThat(waiter).isNotDone();
        Connection second = connection(2);
        next = Mono.just(second);
        after(200);
        assertThat(waiter).isCompletedWithValue(second);
        // Work that has begun waits in any case.
        assertThat(begun).isCompletedWithValue(second);
    }

    @Test
    void workThatAConnectionDidNotEndGoesToTheNextOneOnly() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        CompletableFuture<Connection> waiter = link.after(first).toFuture();
        assertThat(waiter).isNotDone();
        Connection second = connection(2);
        next = Mono.just(second);
        lose(first);
        assertThat(waiter).isNotDone();
        after(100);
        assertThat(waiter).isCompletedWithValue(second);
    }

    @Test
    void closingEndsARunningAttempt() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        AtomicInteger cancelled = new AtomicInteger();
        next = Mono.<Connection>never().doOnCancel(cancelled::incrementAndGet);
        lose(first);
        after(100);
        CompletableFuture<Connection> waiter = link.connection().toFuture();
        link.close();
        assertThat(cancelled).hasValue(1);
        assertThat(waiter).isCompletedExceptionally();
        StepVerifier.create(link.onClose()).verifyComplete();
        StepVerifier.create(link.connection())
                .verifyErrorMessage("this host has closed the link to the device; the request did not run");
        after(1_000_000);
        assertThat(attempts).hasValue(1);
        link.close();
    }

    @Test
    void closingEndsThePauseBetweenAttempts() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        lose(first);
        after(100);
        link.close();
        after(1_000_000);
        assertThat(attempts).hasValue(1);
        assertThat(present(link).kind()).isEqualTo(Kind.CLOSED);
    }

    @Test
    void closingClosesTheConnection() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        link.close();
        assertThat(first.channel().isOpen()).isFalse();
        CompletableFuture<Void> closed = link.onClose().toFuture();
        assertThat(closed).isNotDone();
        lose(first);
        assertThat(closed).isCompleted();
        after(1_000_000);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aSessionThatIsLostAtOnceIsOneMoreLoss() {
        Reconnection link = link(Retry.indefinitely(), WhileDown.WAIT);
        Connection last = connection(9);
        next = Mono.defer(() -> {
            Connection brief = attempts.get() < 5 ? connection(attempts.get()) : last;
            if (brief != last) {
                lose(brief);
            }
            return Mono.just(brief);
        });
        lose(first);
        assertThat(attempts).hasValue(5);
        assertThat(link.present()).isSameAs(last);
    }

    @Test
    void whoDoesNotKeepUpGetsTheLatestState() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        StepVerifier.create(link.states(), 1)
                .expectNextMatches(LinkState::isConnected)
                .then(() -> {
                    lose(first);
                    after(10_000);
                })
                .thenRequest(1)
                .expectNextMatches(state -> state.attempts() == attempts.get() && attempts.get() > 5)
                .thenCancel()
                .verify(Duration.ofSeconds(20));
    }

    @Test
    void aSubscriberOfTheStatesMayClose() {
        Reconnection link = link(BACKOFF, WhileDown.WAIT);
        List<Kind> seen = new ArrayList<>();
        link.states().subscribe(state -> {
            seen.add(state.kind());
            if (state.kind() == Kind.RECONNECTING) {
                link.close();
            }
        });
        lose(first);
        assertThat(seen).containsExactly(Kind.CONNECTED, Kind.RECONNECTING, Kind.CLOSED);
    }

    @Test
    void aConnectionThatComesWhileSomebodyClosesIsClosed() throws Exception {
        for (int i = 0; i < 500; i++) {
            Connection before = connection(1);
            Connection late = connection(2);
            Sinks.One<Connection> arrival = Sinks.one();
            Reconnection link = new Reconnection(before, arrival.asMono(), Retry.indefinitely(), WhileDown.WAIT);
            link.start();
            lose(before);
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread closer = new Thread(() -> {
                try {
                    both.await(20, TimeUnit.SECONDS);
                    link.close();
                } catch (Exception e) {
                    failure.set(e);
                }
            });
            closer.start();
            both.await(20, TimeUnit.SECONDS);
            // As an attempt does: if nobody takes it, the attempt was cancelled and has closed it.
            boolean taken = arrival.currentSubscriberCount() > 0;
            arrival.tryEmitValue(late);
            closer.join();
            assertThat(failure).hasNullValue();
            assertThat(link.isOver()).isTrue();
            assertThat(link.present()).isNull();
            if (taken && link.channel() == late.channel()) {
                assertThat(late.channel().isOpen()).isFalse();
            }
        }
    }
}
