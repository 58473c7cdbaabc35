package dev.uartnet.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.Charset;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The entry: arguments in, exit code out. */
public final class Main {
    /** System property: the log's level; slf4j-simple reads it when the first logger is made. */
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private final Invocation invocation;

    private Main(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) throws InterruptedException {
        Cleanups cleanups = new Cleanups();
        Signals.endInOrder(cleanups);
        Invocation invocation = new Invocation(
                System.in,
                new StandardOutput(new FileOutputStream(FileDescriptor.out), Charset.defaultCharset()),
                System.err,
                System.getenv(),
                Terminal.ofThisProcess(),
                cleanups);
        int exitCode = run(invocation, args);
        // A signal's thread ends the process with a code of its own.
        cleanups.awaitShutdown();
        System.exit(exitCode);
    }

    /** Runs the command; all that it writes goes to the invocation's streams. */
    static int run(Invocation invocation, String... args) {
        return new Main(invocation).run(args);
    }

    private int run(String... args) {
        UartnetCommand root = new UartnetCommand();
        CommandLine line = new CommandLine(root)
                .addSubcommand(new PortsCommand(invocation))
                .addSubcommand(new InfoCommand(invocation))
                .addSubcommand(new PingCommand(invocation))
                .addSubcommand(new BenchCommand(invocation))
                .addSubcommand(new ResolveCommand(invocation))
                .addSubcommand(new GetCommand(invocation))
                .addSubcommand(WifiCommands.line(invocation))
                .addSubcommand(PinCommands.line(invocation))
                .addSubcommand(ClockCommands.line(invocation))
                .addSubcommand(FilesCommands.line(invocation))
                .addSubcommand(new ExecCommand(invocation))
                .addSubcommand(new LogCommand(invocation))
                .addSubcommand(new ResetCommand(invocation))
                .addSubcommand(new DemoCommand(invocation))
                .addSubcommand(new LineCommand(invocation))
                .addSubcommand(new HelpCommand(invocation));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((wrong, arguments) -> usage(wrong));
        line.setExecutionStrategy(parsed -> execute(parsed, root));
        return line.execute(args);
    }

    private int usage(ParameterException wrong) {
        // Picocli quotes its options, and puts suggestions on a line of their own.
        String message = Printable.line(String.valueOf(wrong.getMessage()).strip());
        invocation
                .error()
                .println("uartnet: " + message + " (see: "
                        + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
        return ExitCodes.USAGE;
    }

    private int execute(ParseResult parsed, UartnetCommand root) {
        // Off, not "error": libraries log failures that reach the user as this command's one line.
        System.setProperty(LOG_LEVEL, root.verbose ? "debug" : "off");
        CommandLine line =
                parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
        try {
            if (line.isUsageHelpRequested()) {
                invocation.output().ownText(line.getUsageMessage().stripTrailing());
                return ExitCodes.DONE;
            }
            if (line.isVersionHelpRequested()) {
                for (String text : new Version().getVersion()) {
                    invocation.output().line(text);
                }
                return ExitCodes.DONE;
            }
            if (!(line.getCommand() instanceof Command command)) {
                throw new UsageException("which command? " + commands(line) + " (see: "
                        + line.getCommandSpec().qualifiedName() + " --help)");
            }
            return command.run();
        } catch (Exception e) {
            return failed(e, root.verbose);
        }
    }

    private static String commands(CommandLine group) {
        return group.getSubcommands().values().stream()
                .map(CommandLine::getCommandName)
                .distinct()
                .filter(name -> !name.equals("help"))
                .collect(Collectors.joining(", "));
    }

    private int failed(Exception cause, boolean verbose) {
        Failure failure = Failure.of(cause);
        if (!invocation.cleanups().isShuttingDown() && !failure.message().isEmpty()) {
            invocation.error().println("uartnet: " + failure.message());
            if (verbose) {
                cause.printStackTrace(invocation.error());
            }
        }
        return failure.exitCode();
    }
}
