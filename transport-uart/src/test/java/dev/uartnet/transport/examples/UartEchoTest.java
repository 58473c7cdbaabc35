package dev.uartnet.transport.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UartEchoTest {
    @Test
    void answersALine() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            Channel channel = UartEcho.open(group, pty.slavePath());
            UartPort device = pty.masterPort();
            byte[] question = "hello\n".getBytes(StandardCharsets.US_ASCII);
            device.write(question, 0, question.length);
            StringBuilder answer = new StringBuilder();
            byte[] bytes = new byte[64];
            while (answer.indexOf("\n") < 0) {
                answer.append(new String(bytes, 0, device.read(bytes, 0, bytes.length), StandardCharsets.US_ASCII));
            }
            assertThat(answer).hasToString("you said: hello\n");
            channel.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
