package dev.uartnet.proxy.board;

/** A resistor in the chip that gives an input a level while nothing drives it: tens of kiloohms on an ESP32. */
public enum Pull {
    /** To the supply voltage: high while nothing drives it. For a button that connects to ground. */
    UP("up"),
    /** To ground: low while nothing drives it. */
    DOWN("down");

    private final String word;

    Pull(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
