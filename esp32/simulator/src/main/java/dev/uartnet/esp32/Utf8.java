package dev.uartnet.esp32;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;

/** Text as the wire counts it. */
final class Utf8 {
    private Utf8() {}

    static int length(String text) {
        return ByteBufUtil.utf8Bytes(text);
    }

    /** Returns the text's beginning, of at most so many bytes and whole characters. */
    static String cut(String text, int bytesMax) {
        return text.substring(0, end(text, 0, bytesMax));
    }

    /** Returns the text's end, likewise. */
    static String end(String text, int bytesMax) {
        int begin = text.length();
        int left = bytesMax;
        while (begin > 0) {
            int point = text.codePointBefore(begin);
            left -= bytes(point);
            if (left < 0) {
                break;
            }
            begin -= Character.charCount(point);
        }
        return text.substring(begin);
    }

    private static int bytes(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }

    /** Returns the text in pieces of at most so many bytes, at least 4, and whole characters. */
    static List<String> pieces(String text, int bytesMax) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = end(text, at, bytesMax);
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static int end(String text, int begin, int bytesMax) {
        int left = bytesMax;
        int at = begin;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            left -= bytes(point);
            if (left < 0) {
                break;
            }
            at += Character.charCount(point);
        }
        return at;
    }
}
