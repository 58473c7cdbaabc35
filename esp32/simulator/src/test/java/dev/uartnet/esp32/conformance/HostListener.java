package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ChannelAccept;
import dev.uartnet.codec.message.ChannelCredit;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The host's side of a listener. */
final class HostListener extends ChannelEnd {
    /** Connections that the device may still announce. */
    private long granted;

    /** Bytes that each connection is granted at first. */
    private final int connectionCredit;

    private @Nullable InetSocketAddress local;
    private final Queue<HostChannel> accepted = new ArrayDeque<>();
    private @Nullable Consumer<HostChannel> service;

    HostListener(Host host, int number, int granted, int connectionCredit) {
        super(host, number);
        this.granted = granted;
        this.connectionCredit = connectionCredit;
    }

    synchronized void opened(List<@Nullable Object> response) {
        assertThat(response).hasSize(2);
        local = Host.address(response.get(0), response.get(1));
    }

    @Override
    synchronized void onAccept(ChannelAccept accept) {
        HostChannel connection = host().accepted(accept, connectionCredit);
        granted--;
        if (granted < 0) {
            fail(new AssertionError("the device exceeded its credit of connections"));
        } else if (isClosed()) {
            fail(new AssertionError("a connection behind the end of the listener"));
        }
        if (service == null) {
            accepted.add(connection);
        } else {
            service.accept(connection);
        }
        notifyAll();
    }

    InetSocketAddress local() {
        InetSocketAddress bound = local;
        assertThat(bound).isNotNull();
        return bound;
    }

    int port() {
        return local().getPort();
    }

    void grant(int connections) {
        synchronized (this) {
            granted += connections;
        }
        host().send(new ChannelCredit(number(), connections));
    }

    /** Waits for the next connection. */
    HostChannel accept() throws InterruptedException {
        await("connection", () -> !accepted.isEmpty());
        synchronized (this) {
            return accepted.remove();
        }
    }

    /** Connections that wait to be accepted here. */
    synchronized int waiting() {
        return accepted.size();
    }

    /** From now on, connections are handed to an application, on the event loop. */
    synchronized void serve(Consumer<HostChannel> application) {
        service = application;
    }

    @Override
    synchronized String state() {
        return accepted.size() + " connections wait, " + granted + " more allowed";
    }
}
