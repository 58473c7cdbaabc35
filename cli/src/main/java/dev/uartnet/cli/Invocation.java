package dev.uartnet.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command gets from its process.
 *
 * @param input standard input
 * @param output standard output: results
 * @param error standard error: everything else
 * @param environment variables of the environment
 * @param terminal which of the three are terminals
 * @param cleanups what a signal has to undo
 */
record Invocation(
        InputStream input,
        StandardOutput output,
        PrintStream error,
        Map<String, String> environment,
        Terminal terminal,
        Cleanups cleanups) {}
