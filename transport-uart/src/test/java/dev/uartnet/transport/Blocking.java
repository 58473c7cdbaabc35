package dev.uartnet.transport;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.blockhound.BlockHound;

/** Finds blocking calls on event loop threads, those of jSerialComm among them. */
final class Blocking {
    private static final List<String> calls = new CopyOnWriteArrayList<>();

    static {
        String port = "com.fazecast.jSerialComm.SerialPort";
        BlockHound.builder()
                .loadIntegrations() // Netty's own: an event loop's thread must not block
                .markAsBlocking(port, "openPort", "(III)Z")
                .markAsBlocking(port, "closePort", "()Z")
                .markAsBlocking(port, "readBytes", "([BII)I")
                .markAsBlocking(port, "writeBytes", "([BII)I")
                .markAsBlocking(port, "setComPortParameters", "(IIIIZ)Z")
                .markAsBlocking(port, "getCommPorts", "()[Lcom/fazecast/jSerialComm/SerialPort;")
                // Netty's own short spin when an io_uring loop ends.
                .allowBlockingCallsInside("io.netty.channel.uring.IoUringIoHandler", "closeWakeupGate")
                .blockingMethodCallback(method -> record(method.toString(), new Throwable().getStackTrace()))
                .install();
    }

    private Blocking() {}

    private static void record(String method, StackTraceElement[] callers) {
        // Netty's adaptive allocator parks for a moment where two event loops meet in one of its magazines.
        if (Arrays.stream(callers)
                .noneMatch(caller -> caller.getClassName().startsWith("io.netty.buffer.AdaptivePoolingAllocator"))) {
            calls.add(method + " called by " + Arrays.toString(callers));
        }
    }

    /** From now on, in this JVM. */
    static void install() {}

    /** What was found since the last call. */
    static List<String> take() {
        List<String> found = List.copyOf(calls);
        calls.clear();
        return found;
    }
}
