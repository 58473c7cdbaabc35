package dev.uartnet.proxy.board;

/** How much an ESP32's analog input weakens what it measures: the more, the higher the voltages that it can. Voltages are about those of an ESP32. */
public enum Attenuation {
    /** To about 0.95 V. */
    DB_0(0),
    /** 2.5 dB: to about 1.25 V. */
    DB_2_5(2),
    /** To about 1.75 V. */
    DB_6(6),
    /** To about 3.1 V (2.5 V with the full accuracy). */
    DB_11(11);

    private final int number;

    Attenuation(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    int number() {
        return number;
    }
}
