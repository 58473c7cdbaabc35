package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fazecast.jSerialComm.SerialPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user is told when a port cannot be opened. */
@ParameterizedClass
@EnumSource(names = {"NIO", "EPOLL"}) // by threads, and by the event loop
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class UartErrorTest {
    private final EventLoopGroup group;

    UartErrorTest(EventLoops loops) {
        group = loops.newGroup(1);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(Blocking.take()).isEmpty();
    }

    private ChannelFuture connect(String portName) {
        return new Bootstrap()
                .group(group)
                .channel(UartChannel.class)
                .handler(new EventLog())
                .connect(new UartAddress(portName))
                .awaitUninterruptibly();
    }

    @Test
    void noSuchPort() {
        for (String name : new String[] {"/dev/ttyNone7", "ttyNone7", "/nowhere/ttyS0"}) {
            ChannelFuture connect = connect(name);
            assertThat(connect.cause())
                    .isInstanceOf(UartPortNotFoundException.class)
                    .hasMessageStartingWith("cannot open " + name + ": no such port")
                    .hasMessageMatching(".*(ports of this machine: .+|this machine has no serial ports.*)");
            assertThat(((UartException) connect.cause()).portName()).isEqualTo(name);
            assertThat(connect.channel().closeFuture().awaitUninterruptibly(1000))
                    .isTrue();
        }
    }

    @Test
    void notASerialPort(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        for (String name : new String[] {"/dev/null", file.toString(), folder.toString()}) {
            assertThat(connect(name).cause())
                    .isInstanceOf(NotASerialPortException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("not a serial port");
        }
        assertThat(file).isEmptyFile();
    }

    @Test
    void busyInThisProgram() throws Exception {
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            Channel first = connect(pty.slavePath()).sync().channel();
            assertThat(connect(pty.slavePath()).cause())
                    .isInstanceOf(UartPortBusyException.class)
                    .hasMessageContaining(pty.slavePath())
                    .hasMessageContaining("in use");
            assertThat(first.isActive()).isTrue();
            first.close().sync();
            connect(pty.slavePath()).sync().channel().close().sync();
        }
    }

    @Test
    void busyInAnotherProgram() throws Exception {
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            Process holder = new ProcessBuilder("flock", pty.slavePath(), "sh", "-c", "echo held; read line").start();
            try {
                assertThat(holder.getInputStream().read()).isEqualTo('h');
                assertThat(connect(pty.slavePath()).cause()).isInstanceOf(UartPortBusyException.class);
            } finally {
                holder.getOutputStream().close();
                holder.waitFor();
            }
            connect(pty.slavePath()).sync().channel().close().sync();
        }
    }

    @Test
    void symbolicLinksWork(@TempDir Path folder) throws Exception {
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(pty.slavePath()));
            Channel channel = connect(link.toString()).sync().channel();
            assertThat(connect(pty.slavePath()).cause()).isInstanceOf(UartPortBusyException.class);
            channel.close().sync();
        }
    }

    @Test
    void vanishedBeforeOpening(@TempDir Path folder) throws Exception {
        Path link;
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            link = Files.createSymbolicLink(folder.resolve("link"), Path.of(pty.slavePath()));
        }
        assertThat(connect(link.toString()).cause()).isInstanceOf(UartPortNotFoundException.class);
    }

    @Test
    void permissionDeniedToARealUser(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "needs root and setpriv, to become a user without rights");
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            run("chgrp", "dialout", pty.slavePath());
            run("chmod", "660", pty.slavePath());
            Process user = new ProcessBuilder(
                            "setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups",
                            System.getProperty("java.home") + "/bin/java",
                            "-cp",
                            readableClassPath(folder),
                            "-Djava.io.tmpdir=" + folder,
                            "-Dslf4j.internal.verbosity=ERROR", // it has no provider there, and would say so
                            OpenPort.class.getName(),
                            pty.slavePath())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(user.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            user.waitFor();
            assertThat(output)
                    .startsWith("UartPermissionException: cannot open " + pty.slavePath()
                            + ": permission denied (is the user in the dialout group?");
        }
    }

    /** Copies of what is needed that a user without rights can read (the originals may be in root's home). */
    private static String readableClassPath(Path folder) throws IOException, InterruptedException, URISyntaxException {
        List<String> copies = new ArrayList<>();
        for (Class<?> type : List.of(JSerialCommPort.class, OpenPort.class, SerialPort.class, org.slf4j.Logger.class)) {
            Path original = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path copy = folder.resolve(original.getFileName());
            run("cp", "-r", original.toString(), copy.toString());
            copies.add(copy.toString());
        }
        run("chmod", "-R", "a+rwX", folder.toString());
        return String.join(File.pathSeparator, copies);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    /** What the other user runs. */
    static final class OpenPort {
        private OpenPort() {}

        public static void main(String[] arguments) {
            UartPort port = new JSerialCommPort(arguments[0]);
            try {
                port.open(UartSettings.DEFAULT);
                System.out.println("opened");
                port.close();
            } catch (IOException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void permissionDeniedNamesTheOwningGroup() {
        assertThat(OpenFailure.diagnose("/dev/ttyUSB0", 13, UartSettings.DEFAULT, new FakeFile(true, "dialout")))
                .isInstanceOf(UartPermissionException.class)
                .hasMessage("cannot open /dev/ttyUSB0: permission denied (is the user in the dialout group? sudo"
                        + " usermod -aG dialout $USER, then log in again)");
        assertThat(OpenFailure.diagnose("/dev/ttyUSB0", 13, UartSettings.DEFAULT, new FakeFile(true, "uucp")))
                .hasMessageContaining("in the uucp group?");
        assertThat(OpenFailure.diagnose("/dev/ttyUSB0", 13, UartSettings.DEFAULT, new FakeFile(true, null)))
                .hasMessageContaining("its group has no access");
    }

    @Test
    void errorNumbersBecomeTypes() {
        FakeFile device = new FakeFile(true, "dialout");
        assertThat(OpenFailure.diagnose("p", 16, UartSettings.DEFAULT, device))
                .isInstanceOf(UartPortBusyException.class);
        assertThat(OpenFailure.diagnose("p", 2, UartSettings.DEFAULT, device))
                .isInstanceOf(UartPortBusyException.class);
        assertThat(OpenFailure.diagnose("p", 2, UartSettings.DEFAULT, new FakeFile(false, null)))
                .isInstanceOf(UartPortNotFoundException.class);
        assertThat(OpenFailure.diagnose("p", 6, UartSettings.DEFAULT, device))
                .isInstanceOf(UartPortNotFoundException.class);
        assertThat(OpenFailure.diagnose("p", 25, UartSettings.DEFAULT, device))
                .isInstanceOf(NotASerialPortException.class);
        assertThat(OpenFailure.diagnose("p", 22, UartSettings.DEFAULT, device))
                .isInstanceOf(UartParameterException.class);
        assertThat(OpenFailure.diagnose("p", 99, UartSettings.DEFAULT, device)).hasMessageContaining("error 99");
    }

    private record FakeFile(boolean exists, @Nullable String group) implements OpenFailure.FileView {
        @Override
        public boolean isFileOrDirectory() {
            return false;
        }
    }
}
