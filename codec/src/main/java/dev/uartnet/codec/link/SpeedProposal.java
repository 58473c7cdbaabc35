package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * The payload of SPEED (PROTOCOL.md, section 6).
 *
 * @param step what its sender does
 * @param baud the speed in question, bits a second
 * @param tryBytes of TRY: how many bytes it carries beside, at most 200
 */
record SpeedProposal(Step step, int baud, int tryBytes) {
    SpeedProposal(Step step, int baud) {
        this(step, baud, 0);
    }

    /** What a SPEED frame says ({@code speed} in {@code protocol/constants.txt}). */
    enum Step {
        /** The host wants this speed. */
        PROPOSE(0),
        /** The device changes over. */
        AGREE(1),
        /** The device stays as it is. */
        REFUSE(2),
        /** The sender has heard the other end at this speed. */
        CONFIRM(3),
        /** As long as a frame of data: can the line carry one at this speed? */
        TRY(4);

        private static final Step[] BY_CODE = values();

        private final int code;

        Step(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    private static final int BYTES_MAX = 256;
    static final int TRY_BYTES_MAX = 200;
    private static final byte[] PATTERN = new byte[TRY_BYTES_MAX];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) i;
        }
    }

    byte[] encode() {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(step == Step.TRY ? 3 : 2)
                    .packInt(step.code())
                    .packInt(baud);
            if (step == Step.TRY) {
                packer.packBinaryHeader(tryBytes).writePayload(PATTERN, 0, tryBytes);
            }
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the payload says, or null if it is none that this version knows. */
    static @Nullable SpeedProposal decode(ByteBuf payload) {
        byte[] bytes = new byte[Math.min(payload.readableBytes(), BYTES_MAX)];
        payload.getBytes(payload.readerIndex(), bytes);
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
            int elements = in.unpackArrayHeader();
            if (elements < 2) {
                return null;
            }
            int code = in.unpackInt();
            int baud = in.unpackInt();
            if (code < 0 || code >= Step.BY_CODE.length || baud < 1) {
                return null;
            }
            Step step = Step.BY_CODE[code];
            int tryBytes = step == Step.TRY && elements > 2 ? in.unpackBinaryHeader() : 0;
            return tryBytes > TRY_BYTES_MAX ? null : new SpeedProposal(step, baud, tryBytes);
        } catch (IOException | MessagePackException e) {
            return null;
        }
    }
}
