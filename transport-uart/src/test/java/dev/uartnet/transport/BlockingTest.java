package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the other tests would see a blocked event loop. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class BlockingTest {
    @ParameterizedTest
    @EnumSource
    void aBlockedEventLoopIsSeen(EventLoops loops) throws Exception {
        EventLoopGroup group = loops.newGroup(1);
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            UartPort port = new JSerialCommPort(pty.slavePath());
            port.open(UartSettings.DEFAULT);
            assertThat(Blocking.take()).isEmpty();
            group.submit(() -> port.read(new byte[1], 0, 1)).sync();
            List<String> calls = Blocking.take();
            assertThat(calls).anyMatch(call -> call.contains("readBytes"));
            group.submit(() -> {
                        Thread.sleep(1);
                        return null;
                    })
                    .sync();
            assertThat(Blocking.take()).anyMatch(call -> call.contains("sleep"));
            port.close();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
