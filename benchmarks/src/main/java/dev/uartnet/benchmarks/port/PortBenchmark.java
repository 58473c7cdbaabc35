package dev.uartnet.benchmarks.port;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A port by itself, beside raw C and plain jSerialComm. Linux with a C compiler. */
public final class PortBenchmark implements Part {
    @Override
    public String how(Effort effort) {
        return "one warm-up round and " + rounds(effort) + " measured ones (" + effort.repetitions()
                + " of many ports), the contenders in turn in each; value is their median";
    }

    private static int rounds(Effort effort) {
        return effort.isShort() ? 1 : 5;
    }

    @Override
    public void measure(Run run) throws Exception {
        if (!FarEnd.isPossible()) {
            throw new IOException("no C compiler (cc) on the PATH");
        }
        Path program = FarEnd.compile();
        int rounds = rounds(run.effort());
        if (run.effort().isShort()) {
            new Ping(program, 50, rounds).run(run);
            new Copy(program, 200_000, rounds).run(run);
            new ManyPorts(program, 8, 4, Duration.ofMillis(200), rounds).run(run);
        } else {
            new Ping(program, 20_000, rounds).run(run);
            new Copy(program, 50_000_000, rounds).run(run);
            new ManyPorts(program, 256, 64, Duration.ofSeconds(5), run.effort().repetitions()).run(run);
        }
    }
}
