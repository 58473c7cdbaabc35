package dev.uartnet.esp32;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/** A thread for what takes TLS longer than an event loop has: certificates that are read, keys that are used. */
final class TlsWorkers implements AutoCloseable {
    private final ForkJoinPool pool = new ForkJoinPool(1, TlsWorkers::thread, null, true);

    private static ForkJoinWorkerThread thread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("uartnet-device-tls");
        return thread;
    }

    Executor executor() {
        return pool;
    }

    /** Computes something; the future completes on the loop. */
    <T> Future<T> compute(EventLoop loop, Callable<T> work) {
        Promise<T> result = loop.newPromise();
        pool.execute(() -> {
            try {
                result.setSuccess(work.call());
            } catch (Throwable e) { // whoever waits must be told of anything
                result.setFailure(e);
            }
        });
        return result;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
