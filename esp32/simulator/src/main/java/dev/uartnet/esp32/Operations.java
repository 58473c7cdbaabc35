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
        add(Operation.PING, (session, id, args) -> new ImmediateRequest(session, id, args::all));
        add(Operation.INFO, (session, id, args) -> new Information(session, id));
        add(Operation.RESOLVE, Resolution::new);
        add(Operation.TCP_CONNECT, (session, id, args) -> new TcpConnect(session, id, args, false));
        add(Operation.TCP_LISTEN, (session, id, args) -> new TcpListen(session, id, args, false));
        add(Operation.TLS_CONNECT, (session, id, args) -> new TcpConnect(session, id, args, true));
        add(Operation.TLS_LISTEN, (session, id, args) -> new TcpListen(session, id, args, true));
        add(Operation.BLOB_WRITE, BlobWrite::new);
        add(Operation.UDP_BIND, UdpBind::new);
        add(Operation.SOCKET_OPTION, SocketOptionRequest::new);
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
