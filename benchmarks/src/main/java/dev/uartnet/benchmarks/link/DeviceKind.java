package dev.uartnet.benchmarks.link;

/** What stands for the ESP32. */
enum DeviceKind {
    /** The real firmware on MicroPython (64 bits), behind a pseudo terminal. */
    FIRMWARE("firmware"),
    /** The device in Java, in this process. */
    SIMULATOR("simulator");

    final String word;

    DeviceKind(String word) {
        this.word = word;
    }
}
