package dev.uartnet.benchmarks.rig;

/** What stands for the ESP32. */
public enum DeviceKind {
    /** The real firmware on MicroPython (64 bits), behind a pseudo terminal. */
    FIRMWARE("firmware"),
    /** The device in Java, in this process. */
    SIMULATOR("simulator");

    private final String word;

    DeviceKind(String word) {
        this.word = word;
    }

    /** Returns what figures call it. */
    public String word() {
        return word;
    }
}
