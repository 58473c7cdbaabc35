package dev.uartnet.cli;

import dev.uartnet.esp32.PluggablePort;
import dev.uartnet.esp32.SerialLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code uartnet line}. */
@CommandLine.Command(
        name = "line",
        description = {
            "Runs a simulated serial line between two pseudo terminals, with the time that bytes take and whatever faults a line has, "
                    + "until it is interrupted. Then it tells what has happened.",
            "Programs open LINK_A and LINK_B as serial ports, close and open them again. Without --baud each direction has the speed that "
                    + "its sender sets; bytes become garbage while the two ends are set to different ones.",
            "Commands, one on a line of standard input: cut, restore, stall MILLISECONDS, unplug a|b, plug a|b, stats, quit."
        })
final class LineCommand implements Command {
    private final Invocation invocation;

    @Mixin
    private final LineOptions options = new LineOptions();

    @Parameters(index = "0", paramLabel = "LINK_A", description = "One end: a symbolic link is made there.")
    private Path linkA = Path.of("");

    @Parameters(index = "1", paramLabel = "LINK_B", description = "The other end.")
    private Path linkB = Path.of("");

    LineCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws Exception {
        if (linkA.toAbsolutePath().normalize().equals(linkB.toAbsolutePath().normalize())) {
            throw new UsageException("LINK_A and LINK_B are the same: " + linkA);
        }
        options.check();
        PluggablePort a = port(linkA);
        Cleanups cleanups = invocation.cleanups();
        cleanups.doAfter(a::close, () -> {
            PluggablePort b = port(linkB);
            cleanups.doAfter(b::close, () -> {
                SerialLine line = options.line(a, b).start();
                cleanups.doAfter(() -> end(line), () -> obey(line, a, b));
            });
        });
        return ExitCodes.DONE;
    }

    private void obey(SerialLine line, PluggablePort a, PluggablePort b) throws Exception {
        say("line", linkA + " <-> " + linkB + ", " + options.description());
        say("seed", Long.toString(line.seed()));
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(invocation.input(), Charset.defaultCharset()));
        String command;
        while ((command = commands.readLine()) != null) {
            if (command.strip().equals("quit")) {
                return;
            }
            obey(command.strip(), line, a, b);
        }
        // No more commands: until a signal comes.
        new CountDownLatch(1).await();
    }

    private static PluggablePort port(Path link) throws IOException {
        try {
            return PluggablePort.at(link);
        } catch (UnsupportedOperationException noPseudoTerminals) {
            throw new IOException(noPseudoTerminals.getMessage(), noPseudoTerminals);
        }
    }

    private void obey(String command, SerialLine line, PluggablePort endA, PluggablePort endB) throws IOException {
        String[] words = command.split("\\s+", 2);
        String argument = words.length < 2 ? "" : words[1];
        PluggablePort end = argument.equals("b") ? endB : endA;
        boolean named = argument.equals("a") || argument.equals("b");
        switch (words[0]) {
            case "" -> {}
            case "cut" -> line.cut();
            case "restore" -> line.restore();
            case "stats" -> statistics(line);
            case "unplug" -> {
                if (named) {
                    end.unplug();
                } else {
                    wrong("unplug a, or unplug b");
                }
            }
            case "plug" -> {
                if (named) {
                    end.plug();
                } else {
                    wrong("plug a, or plug b");
                }
            }
            case "stall" -> {
                if (argument.matches("[0-9]{1,9}")) {
                    line.stall(Duration.ofMillis(Long.parseLong(argument)));
                } else {
                    wrong("stall takes milliseconds");
                }
            }
            default ->
                wrong("not a command: " + Printable.line(command)
                        + " (cut, restore, stall MILLISECONDS, unplug a|b, plug a|b, stats, quit)");
        }
    }

    private void wrong(String message) {
        invocation.error().println("uartnet: " + message);
    }

    /** Perhaps on a signal's thread. */
    private void end(SerialLine line) {
        line.close();
        try {
            statistics(line);
        } catch (IOException nobodyReadsThem) {
            // Then nobody misses them.
        }
    }

    private void statistics(SerialLine line) throws IOException {
        say("A to B", LineOptions.text(line.toB().counters()));
        say("B to A", LineOptions.text(line.toA().counters()));
    }

    private void say(String what, String text) throws IOException {
        invocation.output().line(what + ": " + text);
    }
}
