package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PythonTextTest {
    @Test
    void valuesAreWrittenAsPythonWritesThem() throws Exception {
        assertThat(PythonText.repr(Arrays.asList(null, true, false, 1L, -2, 1.5)))
                .isEqualTo("[None, True, False, 1, -2, 1.5]");
        assertThat(PythonText.repr(Map.of("k", List.of()))).isEqualTo("{'k': []}");
        assertThat(PythonText.str("a\n'ü")).isEqualTo("a\n'ü");
        assertThat(PythonText.repr("a\n\\ü")).isEqualTo("'a\\n\\\\ü'");
        assertThat(PythonText.repr("it's")).isEqualTo("\"it's\"");
        assertThat(PythonText.repr("it's \"so\"")).isEqualTo("'it\\'s \"so\"'");
        assertThat(PythonText.repr(new byte[] {0, 'a', '\'', (byte) 0xFF})).isEqualTo("b'\\x00a\\'\\xff'");
    }

    @Test
    void aListMayBeInItself() throws Exception {
        List<Object> list = new ArrayList<>();
        list.add(list);
        assertThat(PythonText.repr(list)).startsWith("[[").contains("...");
    }

    @Test
    void numbersAreEqualByValue() {
        assertThat(PythonModel.equal(1, 1L)).isTrue();
        assertThat(PythonModel.equal(1, 1.0)).isTrue();
        assertThat(PythonModel.equal(true, 1)).isTrue();
        assertThat(PythonModel.equal(1, "1")).isFalse();
        assertThat(PythonModel.equal(List.of(1, Map.of("a", 1)), List.of(1L, Map.of("a", 1L))))
                .isTrue();
        assertThat(PythonModel.equal(new byte[] {1}, new byte[] {1})).isTrue();
        assertThat(PythonModel.equal(null, 0)).isFalse();
        assertThat(PythonModel.identical(1, 1L)).isTrue();
        assertThat(PythonModel.identical(1, 1.0)).isFalse();
    }
}
