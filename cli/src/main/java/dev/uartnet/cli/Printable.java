package dev.uartnet.cli;

/** Text from elsewhere as a terminal may show it: on one line, and without control characters, which the terminal would obey. */
final class Printable {
    private Printable() {}

    /** Returns the text with a space for each line's end and a question mark for other control characters. */
    static String line(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cc}", "?");
    }
}
