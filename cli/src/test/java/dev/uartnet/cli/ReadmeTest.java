package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java in the READMEs is quoted from sources that are compiled and tested, each named in a comment before the quotation. */
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("uartnet.root"));
    private static final Pattern SNIPPET =
            Pattern.compile("<!-- from (\\S+) -->\\R```java\\R(.*?)\\R```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "proxy-api/README.md"})
    void javaIsQuotedFromSourcesThatAreCompiled(String page) throws IOException {
        String readme = Files.readString(ROOT.resolve(page));
        List<String> quoted = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(readme);
        while (matcher.find()) {
            String source = Files.readString(ROOT.resolve(matcher.group(1)));
            assertThat(withoutIndent(source)).as(matcher.group(1)).contains(withoutIndent(matcher.group(2)));
            quoted.add(matcher.group(1));
        }
        assertThat(quoted).hasSizeGreaterThanOrEqualTo(2);
        assertThat(readme.split("```java", -1)).as("each with its source").hasSize(quoted.size() + 1);
    }

    private static String withoutIndent(String text) {
        return text.replaceAll("(?m)^[ \t]+", "").replace("\r", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "proxy-api/README.md"})
    void filesThatTheReadmeNamesExist(String page) throws IOException {
        Path readme = ROOT.resolve(page);
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(readme));
        int links = 0;
        for (; link.find(); links++) {
            assertThat(readme.resolveSibling(link.group(1))).exists();
        }
        assertThat(links).isPositive();
    }
}
