package dev.uartnet.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.FrameCodec;
import dev.uartnet.codec.link.FrameType;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.BlobArguments;
import dev.uartnet.codec.message.ChannelDatagram;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.MessageKind;
import dev.uartnet.codec.message.Operation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The Java constants are those of the one table. */
class ConstantsTest {
    private static Map<String, Integer> table(String group) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Vectors.constants(group).forEach(vector -> numbers.put(vector.name(), vector.number(1)));
        return numbers;
    }

    private static Map<String, Integer> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == int.class)
                .collect(Collectors.toMap(Field::getName, field -> {
                    try {
                        return field.getInt(null);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                }));
    }

    @Test
    void kindsOperationsAndEvents() {
        assertThat(fields(MessageKind.class)).isEqualTo(table("kind"));
        assertThat(fields(Operation.class)).isEqualTo(table("op"));
        assertThat(fields(EventKind.class)).isEqualTo(table("event"));
    }

    @Test
    void enums() {
        assertThat(Arrays.stream(FrameType.values()).collect(Collectors.toMap(Enum::name, FrameType::code)))
                .isEqualTo(table("type"));
        assertThat(Arrays.stream(ResetReason.values()).collect(Collectors.toMap(Enum::name, ResetReason::code)))
                .isEqualTo(table("reset"));
        assertThat(Arrays.stream(ErrorCode.values()).collect(Collectors.toMap(Enum::name, ErrorCode::code)))
                .isEqualTo(table("error"));
        for (ErrorCode error : ErrorCode.values()) {
            assertThat(ErrorCode.of(error.code())).isEqualTo(error);
        }
        for (ResetReason reason : ResetReason.values()) {
            assertThat(ResetReason.of(reason.code())).isEqualTo(reason);
        }
    }

    @Test
    void numbersThatOnlyALaterVersionKnows() {
        assertThat(ErrorCode.of(63)).isEqualTo(ErrorCode.INTERNAL);
        assertThat(ErrorCode.of(1_000)).isEqualTo(ErrorCode.INTERNAL);
        assertThat(ResetReason.of(200)).isEqualTo(ResetReason.PROTOCOL);
    }

    @Test
    void limits() {
        assertThat(FrameCodec.HEADER_BYTES).isEqualTo(table("limit").get("HEADER_BYTES"));
        assertThat(Feature.RETRANSMIT)
                .isEqualTo(table("feature").get("RETRANSMIT").longValue());
        table("feature")
                .forEach((name, bit) -> assertThat(Feature.names(bit)).containsExactly(name.toLowerCase(Locale.ROOT)));
        assertThat(Feature.names(Feature.RETRANSMIT | 1L << 40)).containsExactly("retransmit");
        assertThat(Feature.SPEED).isEqualTo(table("feature").get("SPEED").longValue());
        assertThat(Feature.UDP).isEqualTo(table("feature").get("UDP").longValue());
        assertThat(Feature.LISTEN).isEqualTo(table("feature").get("LISTEN").longValue());
        assertThat(Feature.TLS).isEqualTo(table("feature").get("TLS").longValue());
        assertThat(Feature.IPV6).isEqualTo(table("feature").get("IPV6").longValue());
        assertThat(ChannelDatagram.BYTES_MAX).isEqualTo(table("limit").get("DATAGRAM_BYTES_MAX"));
        assertThat(ChannelDatagram.OVERHEAD).isEqualTo(table("limit").get("DATAGRAM_OVERHEAD"));
        assertThat((int) Handle.EXT_TYPE).isEqualTo(table("ext").get("HANDLE"));
        assertThat((int) BlobArguments.EXT_TYPE).isEqualTo(table("ext").get("BLOB"));
    }
}
