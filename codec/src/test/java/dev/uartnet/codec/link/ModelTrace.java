package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.PrintStream;

/** Prints what happens in a schedule that is replayed. */
public final class ModelTrace {
    private final PrintStream out;

    /** Prints to this stream. */
    public ModelTrace(PrintStream out) {
        this.out = out;
    }

    /** Prints a line. */
    public void say(long now, String what) {
        out.printf("%12.6f %s%n", now / 1e9, what);
    }

    /** An end gives a whole frame to the line. */
    public void sent(long now, String end, byte[] wire, int length) {
        ByteBuf frame = Unpooled.buffer(length);
        for (int i = 1; i < length - 1; i++) {
            if (wire[i] == (byte) 0xDB) {
                i++;
                frame.writeByte(wire[i] == (byte) 0xDC ? 0xC0 : 0xDB);
            } else {
                frame.writeByte(wire[i]);
            }
        }
        int payload = frame.readableBytes() - FrameCodec.OVERHEAD_BYTES;
        FrameType type = FrameCodec.type(frame);
        StringBuilder text = new StringBuilder("                    ".substring("host".equals(end) ? 20 : 0))
                .append(end)
                .append(' ')
                .append(type)
                .append(" tag ")
                .append(FrameCodec.tag(frame))
                .append(" seq ")
                .append(FrameCodec.seq(frame))
                .append(" ack ")
                .append(FrameCodec.ack(frame))
                .append(", ")
                .append(payload)
                .append(" bytes");
        if (type == FrameType.ACK && payload > 0) {
            text.append(" gap ")
                    .append(frame.getUnsignedByte(FrameCodec.HEADER_BYTES))
                    .append(' ');
            for (int i = 1; i < payload; i++) {
                String bits = Integer.toBinaryString(256 | frame.getUnsignedByte(FrameCodec.HEADER_BYTES + i));
                text.append(new StringBuilder(bits.substring(1)).reverse());
            }
        }
        say(now, text.toString());
    }
}
