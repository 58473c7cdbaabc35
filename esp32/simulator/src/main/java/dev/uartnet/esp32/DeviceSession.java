package dev.uartnet.esp32;

import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkReset;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.Cancel;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ChannelEof;
import dev.uartnet.codec.message.Demand;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.Request;
import dev.uartnet.codec.message.Response;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one session with a host has on the device: its requests, its channels, and what waits to be sent. Ends with the session,
 * and leaves nothing behind. Lives on the device's event loop.
 */
final class DeviceSession {
    static final int CHANNEL_MAX = 65_535;
    static final int CREDIT_MAX = 16 << 20;
    private static final int REQUESTS_MAX = 2048;
    /** Data frames on their way to the line: enough to keep it busy, few enough for an answer to overtake a transfer. */
    private static final int DATA_IN_FLIGHT_MAX = 4;
    /** Messages that wait for a host that does not acknowledge. */
    private static final int UNSENT_MAX = 4096;

    private final DeviceSettings settings;
    private final NameLookups lookups;
    private final EventLoop loop;
    private final LineHandler line;
    private final IntObjectMap<PendingRequest> requests = new IntObjectHashMap<>();
    private final ChannelTable channels;
    private final Sockets sockets;
    private final Blobs blobs = new Blobs();
    private final SessionObjects objects;
    private final SendTurns turns = new SendTurns();
    private boolean taking;
    private int dataInFlight;
    private int unsent;
    private long ignored;
    private boolean ended;

    DeviceSession(DeviceSettings settings, NameLookups lookups, EventLoop loop, LineHandler line, int maxPayload) {
        this.settings = settings;
        this.lookups = lookups;
        this.loop = loop;
        this.line = line;
        channels = new ChannelTable(settings.channelsMax());
        sockets = new Sockets(loop, this::dataBytes);
        objects = new SessionObjects(settings.script(), settings.board().policy(), maxPayload);
    }

    EventLoop loop() {
        return loop;
    }

    /** The session has begun, before its first message. */
    void begin() {
        board().begin(this);
    }

    // ---- from the board

    /** There has been no network for too long: what needs it ends. */
    void networkLost(DeviceException why) {
        new ArrayList<>(requests.values()).forEach(request -> request.networkLost(why));
        channels.all().forEach(channel -> channel.networkLost(why));
    }

    /** There is a network again, or none any more. */
    void networkChanged() {
        channels.all().forEach(DeviceChannel::networkChanged);
    }

    // ---- from the host

    void receive(Message message) {
        if (ended) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof ChannelData data) {
            DeviceChannel channel = channel(data.channel());
            if (channel == null) {
                data.release();
            } else {
                channel.receive(data.content());
            }
        } else if (message instanceof ChannelDatagram piece) {
            DeviceChannel channel = channel(piece.channel());
            if (channel == null) {
                piece.release();
            } else {
                channel.receive(piece);
            }
        } else if (message instanceof ChannelCredit credit) {
            DeviceChannel channel = channel(credit.channel());
            if (channel != null) {
                channel.grant(credit.credit());
            }
        } else if (message instanceof ChannelEof eof) {
            DeviceChannel channel = channel(eof.channel());
            if (channel != null) {
                channel.endOfHost();
            }
        } else if (message instanceof ChannelClose close) {
            DeviceChannel channel = channel(close.channel());
            if (channel != null) {
                channel.closeByHost(close.code());
            }
        } else if (message instanceof Request request) {
            receive(request);
        } else if (message instanceof Cancel cancel) {
            PendingRequest pending = requests.get(cancel.id());
            if (pending != null) {
                pending.cancel();
            }
        } else if (message instanceof Demand demand) {
            PendingRequest pending = requests.get(demand.id());
            if (pending != null) {
                pending.demand(demand.items());
            }
        } else {
            ignored();
            ReferenceCountUtil.release(message);
        }
    }

    private @Nullable DeviceChannel channel(int number) {
        DeviceChannel channel = channels.get(number);
        if (channel == null) {
            ignored();
        }
        return channel;
    }

    /** A message was not understood, or came for something that is over. */
    void ignored() {
        ignored++;
    }

    private void receive(Request request) {
        int id = request.id();
        if (requests.containsKey(id)) {
            protocolError("request id " + id + " is in use");
            return;
        }
        List<@Nullable Object> args;
        try {
            args = blobs.arguments(request.args());
        } catch (DeviceException e) {
            send(new ErrorResponse(id, e.code(), e.text(), e.errno(), List.of()));
            return;
        }
        if (requests.size() >= REQUESTS_MAX) {
            send(new ErrorResponse(
                    id, ErrorCode.NO_RESOURCES, "more than " + REQUESTS_MAX + " requests at once", null, List.of()));
            return;
        }
        PendingRequest pending = Operations.make(this, id, request.operation(), args);
        requests.put(id, pending);
        if (request.deadlineMillis() > 0) {
            pending.expireAfter(request.deadlineMillis());
        }
        RequestGate gate = settings.gate();
        if (gate == null) {
            pending.begin();
            return;
        }
        gate.admit(request.operation(), args).whenComplete((admitted, refused) -> {
            if (loop().inEventLoop()) {
                admit(pending, refused);
            } else {
                loop().execute(() -> admit(pending, refused));
            }
        });
    }

    private static void admit(PendingRequest pending, @Nullable Throwable refused) {
        Throwable cause = refused instanceof CompletionException ? refused.getCause() : refused;
        if (pending.isOver()) {
            return;
        }
        if (cause == null) {
            pending.begin();
        } else {
            pending.fail(
                    cause instanceof DeviceException known
                            ? known
                            : new DeviceException(ErrorCode.INTERNAL, String.valueOf(cause)));
        }
    }

    /** Asks the link something, see {@link LineHandler#askLink}. */
    <T> void askLink(Function<LinkHandler, T> question, Consumer<T> answer) {
        line.askLink(question, answer);
    }

    /** What the device says of itself, except for the link. */
    Map<String, Object> information() {
        Runtime memory = Runtime.getRuntime();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("firmware", settings.version());
        info.put("protocol", "1.0");
        info.put("platform", "simulator, Java " + Runtime.version().feature());
        info.put("boot_id", Integer.toUnsignedLong(board().boot().id()));
        info.put("uptime_ms", board().micros() / 1000);
        info.put("heap_free", memory.maxMemory() - memory.totalMemory() + memory.freeMemory());
        info.put("heap_used", memory.totalMemory() - memory.freeMemory());
        info.put("channels", channels.size());
        info.put("channels_max", settings.channelsMax());
        info.put("dns", settings.nameServers());
        info.put("allow", policy().words());
        info.put("temperature", board().chip().celsius());
        info.put("reset_reason", board().boot().reason());
        info.put("messages_ignored", ignored);
        return info;
    }

    // ---- for requests

    void forget(PendingRequest over) {
        requests.remove(over.id());
    }

    Future<List<InetAddress>> lookup(String name) {
        return lookups.lookup(name, loop());
    }

    ChannelTable channels() {
        return channels;
    }

    Sockets sockets() {
        return sockets;
    }

    Blobs blobs() {
        return blobs;
    }

    Board board() {
        return settings.board();
    }

    SessionObjects objects() {
        return objects;
    }

    Policy policy() {
        return board().policy();
    }

    List<String> nameServers() {
        return settings.nameServers();
    }

    /** Refuses what needs the network while there is none. */
    void requireNetwork() throws DeviceException {
        if (!board().wifi().isUp()) {
            throw board().wifi().down();
        }
    }

    TlsWorkers tls() {
        return settings.tls();
    }

    SocketCounters counters() {
        return board().boot().sockets();
    }

    /** Bytes that a host may have on their way in a channel at first. */
    int channelCredit() {
        return settings.channelCredit();
    }

    // ---- for channels

    /** The size that a message of any size had best have now, in bytes. */
    int payloadBytes() {
        return line.payloadBytes();
    }

    /** The bytes that a CHANNEL_DATA had best carry now. */
    int dataBytes(int channel) {
        return line.payloadBytes() - (channel < 128 ? 6 : channel < 256 ? 7 : 8);
    }

    /** The channel has a frame to send. */
    void joinTurns(DeviceChannel channel) {
        turns.join(channel);
        takeTurns();
    }

    void leaveTurns(DeviceChannel channel) {
        turns.leave(channel);
    }

    /** Lets the channels send as long as the line takes more. */
    void takeTurns() {
        if (taking) {
            return; // sending may complete at once
        }
        taking = true;
        boolean more = true;
        while (more && !ended && dataInFlight < DATA_IN_FLIGHT_MAX && line.isWritable()) {
            more = turns.next();
        }
        taking = false;
    }

    /** Sends a channel's frame in its turn. */
    void sendData(Message data) {
        dataInFlight++;
        send(data, sent -> {
            dataInFlight--;
            takeTurns();
        });
    }

    // ---- to the host

    void send(Message message) {
        send(message, sent -> {
            if (sent instanceof TooLongFrameException && message instanceof Response response) {
                String text = "the answer is longer than the host takes";
                send(new ErrorResponse(response.id(), ErrorCode.MESSAGE_TOO_BIG, text, null, List.of()));
            }
        });
    }

    /**
     * Sends a message.
     *
     * @param done gets null when it has gone to the line, or why it has not; nothing if the session ends before
     */
    void send(Message message, Consumer<@Nullable Throwable> done) {
        if (ended) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (++unsent > UNSENT_MAX) {
            protocolError("more than " + UNSENT_MAX + " messages wait for the host");
        }
        line.write(this, message, cause -> {
            unsent--;
            done.accept(cause);
        });
    }

    /** The host has broken the protocol: the session is over. */
    void protocolError(String text) {
        if (!ended) {
            line.write(this, new LinkReset(ResetReason.PROTOCOL, text), written -> {});
            end();
        }
    }

    /** The session has ended: requests are dropped, sockets are reset. */
    void end() {
        ended = true;
        board().end(this);
        new ArrayList<>(requests.values()).forEach(PendingRequest::drop);
        channels.all().forEach(DeviceChannel::drop);
        objects.clear();
    }
}
