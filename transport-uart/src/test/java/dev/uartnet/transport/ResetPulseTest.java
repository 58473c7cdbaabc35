package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order in which the control lines go. */
@Timeout(60)
class ResetPulseTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private volatile boolean hasLines = true;

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private UartChannel open(FlowControl flowControl) {
        MemoryPort port = MemoryPort.pair().a();
        UartPort watched = (UartPort) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {UartPort.class}, (proxy, method, args) -> {
                    if (method.getName().equals("setDtr") || method.getName().equals("setRts")) {
                        if (!hasLines) {
                            throw new UartParameterException("port", "port: no " + method.getName());
                        }
                        lines.add(method.getName() + Arrays.toString(args));
                    }
                    try {
                        return method.invoke(port, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (UartChannel) new Bootstrap()
                .group(loops)
                .channelFactory(() -> new UartChannel(watched))
                .option(UartChannelOption.FLOW_CONTROL, flowControl)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new UartAddress("port"))
                .syncUninterruptibly()
                .channel();
    }

    @Test
    void pulsesTheResetLineAndKeepsOutOfTheBootLoader() {
        UartChannel channel = open(FlowControl.NONE);
        long start = System.nanoTime();
        ResetPulse.on(channel).syncUninterruptibly();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(lines).containsExactly("setDtr[false]", "setRts[true]", "setRts[false]");
        channel.close().syncUninterruptibly();
    }

    @Test
    void neverLeavesTheChipInReset() throws Exception {
        UartChannel channel = open(FlowControl.NONE);
        ResetPulse.on(channel).cancel(false);
        for (String line : new String[] {"setDtr[false]", "setRts[true]", "setRts[false]"}) {
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo(line);
        }
        channel.close().syncUninterruptibly();
    }

    @Test
    void saysWhyItCannot() {
        UartChannel channel = open(FlowControl.RTS_CTS);
        assertThatThrownBy(() -> ResetPulse.on(channel).sync())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("flow control");
        channel.close().syncUninterruptibly();
        hasLines = false;
        UartChannel without = open(FlowControl.NONE);
        assertThatThrownBy(() -> ResetPulse.on(without).sync()).isInstanceOf(UartParameterException.class);
        without.close().syncUninterruptibly();
    }
}
