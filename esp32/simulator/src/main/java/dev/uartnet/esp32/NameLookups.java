package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** Runs lookups away from the event loop: a thread each, so that a slow one delays no other. */
final class NameLookups implements AutoCloseable {
    private static final int LOOKUPS_MAX = 64;

    private final NameService names;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    NameLookups(NameService names) {
        this.names = names;
    }

    /** Looks a name up; the future completes on the loop, with at least one address or a {@link DeviceException}. */
    Future<List<InetAddress>> lookup(String name, EventLoop loop) {
        Promise<List<InetAddress>> result = loop.newPromise();
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        if (address != null) {
            try {
                return result.setSuccess(List.of(InetAddress.getByAddress(address)));
            } catch (UnknownHostException impossible) { // 4 or 16 bytes
                return result.setFailure(DeviceException.ofLookup(name, impossible));
            }
        }
        if (running.size() >= LOOKUPS_MAX) {
            return result.setFailure(new DeviceException(
                    ErrorCode.NO_RESOURCES, "more than " + LOOKUPS_MAX + " names are being looked up"));
        }
        Thread thread = new Thread(() -> run(name, loop, result), "uartnet-device-lookup");
        thread.setDaemon(true);
        running.add(thread);
        thread.start();
        return result;
    }

    private void run(String name, EventLoop loop, Promise<List<InetAddress>> result) {
        Runnable completion;
        try {
            List<InetAddress> found = names.lookup(name);
            if (found.isEmpty()) {
                throw new UnknownHostException(name);
            }
            completion = () -> result.setSuccess(found);
        } catch (IOException | RuntimeException e) {
            completion = () -> result.setFailure(DeviceException.ofLookup(name, e));
        } finally {
            running.remove(Thread.currentThread());
        }
        try {
            loop.execute(completion);
        } catch (RejectedExecutionException deviceIsOff) {
            // Nobody waits any more.
        }
    }

    @Override
    public void close() {
        running.forEach(Thread::interrupt);
    }
}
