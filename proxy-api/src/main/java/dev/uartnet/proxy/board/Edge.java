package dev.uartnet.proxy.board;

/** Which changes of an input's level are told. */
public enum Edge {
    /** From low to high. */
    RISING("rising"),
    /** From high to low. */
    FALLING("falling"),
    BOTH("both");

    private final String word;

    Edge(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
