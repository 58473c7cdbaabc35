package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a device can be asked for: one row for each operation of PROTOCOL.md, section 8. */
final class Operations {
    /** Makes a request of its arguments, which it is yet to check: that is {@link PendingRequest#start}'s part. */
    @FunctionalInterface
    interface Maker {
        PendingRequest make(DeviceSession session, int id, Arguments args);
    }

    private record Row(@Nullable String group, Maker maker) {}

    private static final IntObjectMap<Row> ROWS = new IntObjectHashMap<>();

    static {
        add(Operation.PING, answer((session, args) -> args.all().toArray()));
        add(Operation.INFO, (session, id, args) -> new Information(session, id));
        add(Operation.RESOLVE, Resolution::new);
        add(Operation.TCP_CONNECT, (session, id, args) -> new TcpConnect(session, id, args, false));
        add(Operation.TCP_LISTEN, (session, id, args) -> new TcpListen(session, id, args, false));
        add(Operation.TLS_CONNECT, (session, id, args) -> new TcpConnect(session, id, args, true));
        add(Operation.TLS_LISTEN, (session, id, args) -> new TcpListen(session, id, args, true));
        add(Operation.BLOB_WRITE, BlobWrite::new);
        add(Operation.UDP_BIND, UdpBind::new);
        add(Operation.SOCKET_OPTION, SocketOptionRequest::new);

        add(Operation.WIFI_SCAN, Policy.WIFI, items(WifiAnswers::scan));
        add(Operation.WIFI_CONNECT, Policy.WIFI, WifiConnect::new);
        add(Operation.WIFI_DISCONNECT, Policy.WIFI, answer(WifiAnswers::disconnect));
        add(Operation.WIFI_STATUS, Policy.WIFI, answer(WifiAnswers::status));
        add(Operation.WIFI_ACCESS_POINT, Policy.WIFI, answer(WifiAnswers::accessPoint));
        add(Operation.WIFI_NETWORKS, Policy.WIFI, answer(WifiAnswers::networks));
        add(Operation.WIFI_HOSTNAME, Policy.WIFI, answer(WifiAnswers::hostname));

        add(Operation.CLOCK_GET, Policy.CLOCK, answer(ClockAnswers::get));
        add(Operation.CLOCK_SET, Policy.CLOCK, answer(ClockAnswers::set));
        add(Operation.CLOCK_SYNC, Policy.CLOCK, ClockSync::new);

        add(Operation.PIN_OPEN, Policy.PINS, answer(PinAnswers::open));
        add(Operation.PIN_READ, Policy.PINS, answer(PinAnswers::read));
        add(Operation.PIN_WRITE, Policy.PINS, answer(PinAnswers::write));
        add(Operation.PIN_WATCH, Policy.PINS, PinWatch::new);
        add(Operation.PWM_SET, Policy.PINS, answer(PinAnswers::pwm));
        add(Operation.ADC_READ, Policy.PINS, answer(PinAnswers::adc));
        add(Operation.ADC_SAMPLE, Policy.PINS, AdcSample::new);

        add(Operation.DEVICE_COLLECT, answer(DeviceAnswers::collect));
        add(Operation.DEVICE_HEALTH, DeviceHealth::new);
        add(Operation.DEVICE_RESET, Policy.DEVICE, DeviceReset::new);
        add(Operation.DEVICE_WATCHDOG, Policy.DEVICE, answer(DeviceAnswers::watchdog));

        add(Operation.FILE_LIST, Policy.FILES, items(FileAnswers::list));
        add(Operation.FILE_READ, Policy.FILES, items(FileAnswers::read));
        add(Operation.FILE_WRITE, Policy.FILES, answer(FileAnswers::write));
        add(Operation.FILE_REMOVE, Policy.FILES, answer(FileAnswers::remove));
        addObjects();
    }

    private static void addObjects() {
        add(Operation.OBJECT_IMPORT, object(ObjectOperations::importModule));
        add(Operation.OBJECT_CALL, ObjectOperations::call);
        add(Operation.OBJECT_GET, object(ObjectOperations::get));
        add(Operation.OBJECT_SET, object(ObjectOperations::set));
        add(Operation.OBJECT_ITEM_GET, object(ObjectOperations::getItem));
        add(Operation.OBJECT_ITEM_SET, object(ObjectOperations::setItem));
        add(Operation.OBJECT_TEXT, object(ObjectOperations::text));
        add(Operation.OBJECT_EQUAL, object(ObjectOperations::equal));
        add(Operation.OBJECT_ITERATE, ObjectIterate::new);
        add(Operation.OBJECT_READ, object(ObjectOperations::read));
        add(Operation.OBJECT_EVAL, ObjectOperations::evaluate);
        add(Operation.OBJECT_EXEC, ObjectOperations::execute);
        add(Operation.OBJECT_RELEASE, object(ObjectOperations::release));
        add(Operation.OBJECT_LIST, ObjectList::new);
    }

    private static Maker object(ObjectRequest.Work work) {
        return (session, id, args) -> new ObjectRequest(session, id, args, work);
    }

    private Operations() {}

    /** An operation that is always allowed, or checks by itself what is. */
    private static void add(int operation, Maker maker) {
        ROWS.put(operation, new Row(null, maker));
    }

    /** An operation of a group that must be allowed. */
    private static void add(int operation, String group, Maker maker) {
        ROWS.put(operation, new Row(group, maker));
    }

    private static Maker answer(ImmediateRequest.Answer answer) {
        return (session, id, args) -> new ImmediateRequest(session, id, args, answer);
    }

    private static Maker items(ItemStream.Items items) {
        return (session, id, args) -> new ItemStream(session, id, args, items);
    }

    static PendingRequest make(DeviceSession session, int id, int operation, List<@Nullable Object> args) {
        Row row = ROWS.get(operation);
        if (row == null) {
            String text = "no such operation: " + operation;
            return new RefusedRequest(session, id, new DeviceException(ErrorCode.UNSUPPORTED, text));
        }
        String group = row.group;
        if (group != null && !session.policy().allows(group)) {
            return new RefusedRequest(session, id, Policy.refusal(group));
        }
        return row.maker.make(session, id, new Arguments(args));
    }
}
