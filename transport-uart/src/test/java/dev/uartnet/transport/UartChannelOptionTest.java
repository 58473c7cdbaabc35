package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"NIO", "EPOLL"}) // by threads, and by the event loop
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class UartChannelOptionTest {
    private final EventLoopGroup group;

    UartChannelOptionTest(EventLoops loops) {
        group = loops.newGroup(1);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(Blocking.take()).isEmpty();
    }

    private Bootstrap bootstrap(UartChannel channel) {
        return new Bootstrap().group(group).channelFactory(() -> channel).handler(new EventLog());
    }

    @Test
    void reachThePortBeforeConnecting() throws Exception {
        CountingPort port = new CountingPort(MemoryPort.pair().a());
        UartChannel channel = new UartChannel(port);
        bootstrap(channel)
                .option(UartChannelOption.BAUD_RATE, 921_600)
                .option(UartChannelOption.DATA_BITS, 7)
                .option(UartChannelOption.STOP_BITS, StopBits.TWO)
                .option(UartChannelOption.PARITY, Parity.EVEN)
                .option(UartChannelOption.FLOW_CONTROL, FlowControl.RTS_CTS)
                .option(UartChannelOption.DTR, true)
                .option(UartChannelOption.RTS, true)
                .connect(new UartAddress("memory"))
                .sync();
        UartSettings expected =
                new UartSettings(921_600, 7, StopBits.TWO, Parity.EVEN, FlowControl.RTS_CTS, true, true);
        assertThat(port.calls.poll(5, TimeUnit.SECONDS)).isEqualTo("open " + expected);
        assertThat(channel.config().getSettings()).isEqualTo(expected);
        assertThat(channel.config().getOptions())
                .containsEntry(UartChannelOption.BAUD_RATE, 921_600)
                .containsEntry(UartChannelOption.FLOW_CONTROL, FlowControl.RTS_CTS)
                .containsEntry(UartChannelOption.READ_BUFFER_SIZE, 65_536)
                .containsKey(ChannelOption.AUTO_READ);
        channel.close().sync();
    }

    @Test
    void defaultsAreThoseOfAnEsp32AndDoNotResetIt() {
        UartChannelConfig config = new UartChannel().config();
        assertThat(config.getSettings())
                .isEqualTo(new UartSettings(115_200, 8, StopBits.ONE, Parity.NONE, FlowControl.NONE, false, false));
        assertThat(config.getOption(UartChannelOption.ALLOW_RESET_ON_OPEN)).isFalse();
    }

    @Test
    void changeAnOpenPortInOrder() throws Exception {
        CountingPort port = new CountingPort(MemoryPort.pair().a());
        UartChannel channel = new UartChannel(port);
        bootstrap(channel).connect(new UartAddress("memory")).sync();
        assertThat(port.calls.take()).startsWith("open");
        channel.config().setOption(UartChannelOption.BAUD_RATE, 460_800);
        channel.config().setOption(UartChannelOption.RTS, true);
        channel.config().setOption(UartChannelOption.DTR, true);
        assertThat(port.calls.poll(5, TimeUnit.SECONDS))
                .isEqualTo("configure " + UartSettings.DEFAULT.withBaudRate(460_800));
        assertThat(port.calls.poll(5, TimeUnit.SECONDS)).isEqualTo("rts true");
        assertThat(port.calls.poll(5, TimeUnit.SECONDS)).isEqualTo("dtr true");
        channel.setBreak(true).sync();
        assertThat(port.calls.poll(5, TimeUnit.SECONDS)).isEqualTo("break true");
        UartSettings settings = UartSettings.DEFAULT.withBaudRate(9600).withParity(Parity.ODD);
        channel.configure(settings).sync();
        assertThat(port.calls.poll(5, TimeUnit.SECONDS)).isEqualTo("configure " + settings);
        assertThat(channel.config().getSettings())
                .isEqualTo(settings.withDtr(true).withRts(true));
        channel.close().sync();
        assertThat(channel.configure(settings).await().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void unsupportedOnesAreTypedErrors() throws Exception {
        CountingPort port = new CountingPort(MemoryPort.pair().a());
        UartChannel channel = new UartChannel(port);
        EventLog log = new EventLog();
        channel.pipeline().addLast(log);
        assertThat(channel.setDtr(true).cause()).isInstanceOf(NotYetConnectedException.class);
        channel.setDtr(false);
        bootstrap(channel).connect(new UartAddress("memory")).sync();
        port.refuse();
        assertThat(channel.configure(UartSettings.DEFAULT).await().cause()).isInstanceOf(UartParameterException.class);
        assertThat(channel.setRts(true).await().cause())
                .isInstanceOf(UartParameterException.class)
                .hasMessageContaining("rts");
        channel.config().setOption(UartChannelOption.DATA_BITS, 5);
        assertThat(log.exception()).isInstanceOf(UartParameterException.class);
        assertThat(channel.isActive()).isTrue();
        channel.close().sync();
    }

    @Test
    void outOfRangeNamesTheOptionAndWhatIsAllowed() {
        UartChannelConfig config = new UartChannel().config();
        assertThatThrownBy(() -> config.setOption(UartChannelOption.BAUD_RATE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("BAUD_RATE", "0", "1 baud and above");
        assertThatThrownBy(() -> config.setOption(UartChannelOption.DATA_BITS, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("DATA_BITS", "9", "5, 6, 7, 8");
        assertThatThrownBy(() -> config.setOption(UartChannelOption.READ_BUFFER_SIZE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("READ_BUFFER_SIZE", "0", "16777216");
        config.setReadBufferSize(5000);
        assertThat(config.getReadBufferSize()).isEqualTo(8192);
        assertThat(config.getSettings()).isEqualTo(UartSettings.DEFAULT);
    }

    @Test
    void levelsThatResetABoardNeedToBeAllowed() throws Exception {
        MemoryPort.Pair refused = MemoryPort.pair();
        ChannelFuture connect = bootstrap(new UartChannel(refused.a()))
                .option(UartChannelOption.RTS, true)
                .connect(new UartAddress("board"));
        assertThat(connect.await().cause())
                .isInstanceOf(UartParameterException.class)
                .hasMessageContainingAll("board", "reset", "ALLOW_RESET_ON_OPEN");
        MemoryPort.Pair allowed = MemoryPort.pair();
        bootstrap(new UartChannel(allowed.a()))
                .option(UartChannelOption.RTS, true)
                .option(UartChannelOption.ALLOW_RESET_ON_OPEN, true)
                .connect(new UartAddress("board"))
                .sync()
                .channel()
                .close()
                .sync();
        assertThat(allowed.a().settings().rts()).isTrue();
    }

    @Test
    void reachTheKernelsTerminal() throws Exception {
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            UartChannel channel = new UartChannel();
            bootstrap(channel)
                    .option(UartChannelOption.BAUD_RATE, 921_600)
                    .option(UartChannelOption.STOP_BITS, StopBits.TWO)
                    .connect(new UartAddress(pty.slavePath()))
                    .sync();
            assertThat(stty(pty)).contains("speed 921600 baud", " cstopb", "-crtscts", "-ixon", "-icanon", "-echo");
            channel.configure(channel.config()
                            .getSettings()
                            .withBaudRate(230_400)
                            .withStopBits(StopBits.ONE)
                            .withFlowControl(FlowControl.XON_XOFF))
                    .sync();
            assertThat(stty(pty)).contains("speed 230400 baud", "-cstopb", " ixon", " ixoff");
            channel.configure(channel.config().getSettings().withFlowControl(FlowControl.RTS_CTS))
                    .sync();
            assertThat(stty(pty)).contains(" crtscts", "-ixon");
            assertThat(channel.setDtr(true).await().cause())
                    .isInstanceOf(UartParameterException.class)
                    .hasMessageContainingAll(pty.slavePath(), "DTR");
            assertThat(channel.configure(channel.config().getSettings().withStopBits(StopBits.ONE_POINT_FIVE))
                            .await()
                            .cause())
                    .isInstanceOf(UartParameterException.class);
            channel.close().sync();
        }
    }

    private static String stty(PseudoTerminal pty) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("stty", "-F", pty.slavePath(), "-a")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.replace('\n', ' ');
    }
}
