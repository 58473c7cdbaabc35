package dev.uartnet.codec.link;

/** A number of things, in words for people: "1 frame", "3 frames". */
final class Count {
    private Count() {}

    static String of(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
