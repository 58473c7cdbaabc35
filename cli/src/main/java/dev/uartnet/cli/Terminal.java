package dev.uartnet.cli;

/**
 * Which of the streams are a terminal. Java itself cannot tell for each; the launcher does, by system properties.
 *
 * @param input standard input is one
 * @param output standard output is one
 * @param error standard error is one
 * @param columns its width
 */
record Terminal(boolean input, boolean output, boolean error, int columns) {
    /** System property: the streams that are terminals, such as {@code "0 1 2"}. */
    static final String PROPERTY = "uartnet.terminals";

    private static final int COLUMNS_DEFAULT = 80;

    static Terminal ofThisProcess() {
        String streams = System.getProperty(PROPERTY, "");
        String columns = System.getenv("COLUMNS");
        return new Terminal(
                streams.contains("0"),
                streams.contains("1"),
                streams.contains("2"),
                columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : COLUMNS_DEFAULT);
    }
}
