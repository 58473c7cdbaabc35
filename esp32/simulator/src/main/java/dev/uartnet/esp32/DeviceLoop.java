package dev.uartnet.esp32;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The device's event loop, on which its hardware lives, for scripts of other threads: they wait until their call was carried out. */
final class DeviceLoop {
    private final EventLoop loop;

    DeviceLoop(EventLoop loop) {
        this.loop = loop;
    }

    void run(Runnable change) {
        Object unused = call(() -> {
            change.run();
            return null;
        });
    }

    <T extends @Nullable Object> T call(Supplier<T> question) {
        if (loop.inEventLoop()) {
            return question.get();
        }
        Future<T> answer;
        try {
            answer = loop.submit(question::get);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the device is switched off", e);
        }
        return answer.syncUninterruptibly().getNow();
    }

    Future<?> after(long nanos, Runnable task) {
        return loop.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
