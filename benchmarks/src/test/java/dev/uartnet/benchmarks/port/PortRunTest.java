package dev.uartnet.benchmarks.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That the benchmarks of a port run; their figures mean nothing here. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class PortRunTest {
    private static Path program;
    private final Figures figures = new Figures();

    @BeforeAll
    static void needsACompiler() throws Exception {
        assumeTrue(FarEnd.isPossible(), "no C compiler (cc)");
        program = FarEnd.compile();
    }

    @Test
    void pings() throws Exception {
        new Ping(program, 50, 1).run(figures);
        assertThat(figures.table()).anyMatch(row -> row.contains("UartChannel, epoll / raw C"));
    }

    @Test
    void copies() throws Exception {
        new Copy(program, 200_000, 1).run(figures);
        assertThat(figures.table()).anyMatch(row -> row.contains("sending")).anyMatch(row -> row.contains("receiving"));
    }

    @Test
    void manyPorts() throws Exception {
        new ManyPorts(program, 8, 4, Duration.ofMillis(200), 1).run(figures);
        assertThat(figures.json()).anySatisfy(line -> assertThat(line)
                .contains("epoll: threads of the ports\", \"value\": 0.000")
                .contains("\"reached\": true"));
    }
}
