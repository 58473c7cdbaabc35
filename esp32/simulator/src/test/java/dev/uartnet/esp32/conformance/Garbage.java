package dev.uartnet.esp32.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What is found on serial lines beside what belongs there. Always the same bytes. */
enum Garbage {
    /** A megabyte of anything. */
    RANDOM {
        @Override
        byte[] bytes() {
            byte[] bytes = new byte[1_000_000];
            new Random(1).nextBytes(bytes);
            return bytes;
        }
    },
    /** What an ESP32 says when it starts, at one speed after the other. */
    BOOT_LOG {
        @Override
        byte[] bytes() {
            String log =
                    """
                    ets Jul 29 2019 12:21:46

                    rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)
                    configsip: 0, SPIWP:0xee
                    load:0x3fff0030,len:4728
                    entry 0x400805b4
                    MicroPython v1.25.0 on 2025-04-15; Generic ESP32 module with ESP32
                    Type "help()" for more information.
                    >>> \
                    """;
            return log.repeat(20).getBytes(StandardCharsets.US_ASCII);
        }
    },
    /** SLIP frames of somebody else, and requests and answers of AT firmware. */
    OTHER_PROTOCOL {
        @Override
        byte[] bytes() {
            Random random = new Random(2);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 1_000; i++) {
                byte[] frame = new byte[random.nextInt(100)];
                random.nextBytes(frame);
                bytes.writeBytes(Frame.slip(frame));
                bytes.writeBytes("AT+CIPSEND=0,512\r\n\r\nOK\r\n> ".getBytes(StandardCharsets.US_ASCII));
            }
            return bytes.toByteArray();
        }
    },
    /** Frames of this very protocol, but of sessions that are over: all kinds, all numbers. */
    STALE_FRAMES {
        @Override
        byte[] bytes() {
            Random random = new Random(3);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 2_000; i++) {
                int type = Frame.DATA + random.nextInt(5);
                int tag = type == Frame.RESET ? 8_191 : 0;
                byte[] payload = new byte[random.nextInt(50)];
                random.nextBytes(payload);
                bytes.writeBytes(Frame.slip(Frame.bytes(type, tag, random.nextInt(256), random.nextInt(256), payload)));
            }
            return bytes.toByteArray();
        }
    },
    /** Bytes that never end a frame, or end nothing but frames. */
    ENDLESS {
        @Override
        byte[] bytes() {
            byte[] bytes = new byte[200_000];
            for (int i = 100_000; i < bytes.length; i++) {
                bytes[i] = (byte) (i < 150_000 ? 0xC0 : 0xDB);
            }
            return bytes;
        }
    };

    abstract byte[] bytes();
}
