/**
 * The {@code uartnet} command: {@link dev.uartnet.cli.Main} reads the arguments, one class for each command does the work.
 *
 * <p>A command runs on the main thread and may block it; the event loops belong to the client. How it ends:
 *
 * <table>
 * <caption>The process</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>RUNNING</td><td>the command returns or throws</td><td>its cleanups run, newest first; at most one line on
 *   standard error</td><td>ENDED, code of {@link dev.uartnet.cli.ExitCodes}</td></tr>
 * <tr><td></td><td>SIGINT, SIGTERM, SIGHUP</td><td>the cleanups run on the signal's thread: partial files go, statistics are printed, the
 *   link is closed in order; the command itself says nothing more</td><td>ENDED, code 130, 143 or 129</td></tr>
 * </table>
 *
 * <p>Depends on proxy-api, for {@code --port sim} and the demonstration on the simulator, and for the list of ports on the transport.
 */
@NullMarked
package dev.uartnet.cli;

import org.jspecify.annotations.NullMarked;
