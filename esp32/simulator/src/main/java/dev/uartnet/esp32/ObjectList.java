package dev.uartnet.esp32;

import dev.uartnet.codec.message.Handle;
import java.util.Iterator;
import java.util.List;

/** OBJECT_LIST: the handles that there were at its beginning, without those that are released meanwhile. */
final class ObjectList extends StreamingRequest {
    private Iterator<Handle> handles = List.<Handle>of().iterator();

    ObjectList(DeviceSession session, int id, Arguments args) {
        super(session, id);
    }

    @Override
    void start() {
        handles = session.objects().handles().iterator();
        if (!handles.hasNext()) {
            succeed();
        }
    }

    @Override
    void sendItem() {
        while (handles.hasNext()) {
            Handle handle = handles.next();
            if (session.objects().holds(handle)) {
                next(handle);
                break;
            }
        }
        if (!handles.hasNext()) {
            succeed();
        }
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
