package dev.uartnet.cli;

/** One of uartnet's commands. */
interface Command {
    /**
     * Does it, and blocks until it is done.
     *
     * @return the exit code
     * @throws Exception what went wrong; {@link Failure} knows the exit code for it
     */
    int run() throws Exception;
}
