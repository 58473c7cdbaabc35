package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs lookups away from the event loop, a few at a time. */
final class NameLookups implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int WAITING_MAX = 64;

    private final NameService names;
    private final ThreadPoolExecutor threads;

    NameLookups(NameService names) {
        this.names = names;
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                5,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                new DefaultThreadFactory("uartnet-device-dns", true));
        threads.allowCoreThreadTimeOut(true);
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
        try {
            threads.execute(() -> run(name, result));
        } catch (RejectedExecutionException full) {
            result.setFailure(new DeviceException(ErrorCode.NO_RESOURCES, "too many names are being looked up"));
        }
        return result;
    }

    private void run(String name, Promise<List<InetAddress>> result) {
        try {
            List<InetAddress> found = names.lookup(name);
            if (found.isEmpty()) {
                throw new UnknownHostException(name);
            }
            result.trySuccess(found);
        } catch (IOException | RuntimeException e) {
            result.tryFailure(DeviceException.ofLookup(name, e));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
