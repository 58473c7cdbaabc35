package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Micrometer is optional: all but the meters works without it. */
class WithoutMicrometerTest {
    /** What an application does; runs in a class loader that has no Micrometer. */
    public static final class Application implements Callable<String> {
        /** Called by reflection. */
        public Application() {}

        @Override
        public String call() throws Exception {
            try (TestLine line = TestLine.open()) {
                TestLine.get(line.client.ping());
                return "sessions: "
                        + TestLine.get(line.client.health()).counters().sessions() + ", device: "
                        + TestLine.get(line.client.info()).platform();
            }
        }
    }

    private static URLClassLoader withoutMicrometer() throws Exception {
        List<URL> urls = new ArrayList<>();
        boolean found = false;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (path.getFileName().toString().startsWith("micrometer-")) {
                found = true;
            } else {
                urls.add(path.toUri().toURL());
            }
        }
        assertThat(found).as("Micrometer is among the tests' libraries").isTrue();
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Test
    void aClientWorks() throws Exception {
        try (URLClassLoader loader = withoutMicrometer()) {
            Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();

            assertThat(application.getClass()).isNotEqualTo(Application.class);
            assertThat(application.call()).asString().startsWith("sessions: 1, device: simulator");
        }
    }

    @Test
    void onlyTheMetersNeedIt() throws Exception {
        try (URLClassLoader loader = withoutMicrometer()) {
            assertThatThrownBy(() -> loader.loadClass("dev.uartnet.proxy.metrics.LinkMetrics"))
                    .isInstanceOf(NoClassDefFoundError.class)
                    .hasMessageContaining("io/micrometer");
        }
    }
}
