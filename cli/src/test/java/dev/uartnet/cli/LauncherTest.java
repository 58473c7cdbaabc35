package dev.uartnet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.WINDOWS;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a stand-in for Maven that delivers this build's classes. */
@DisabledOnOs(WINDOWS)
class LauncherTest {
    private static final String BUILDS =
            "uartnet: building uartnet by Maven, once: about a minute, or several on a slow machine or network...";

    @TempDir
    Path folder = Path.of("");

    private Path checkout = Path.of("");
    private Path builds = Path.of("");

    /** What a launcher has said. */
    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void makeCheckout() throws Exception {
        // A blank in the path: the launcher must quote.
        checkout = folder.resolve("a checkout");
        builds = folder.resolve("builds");
        for (String module :
                List.of("transport-uart", "codec", "esp32/simulator", "proxy-api", "benchmarks/measure", "cli")) {
            Files.createDirectories(checkout.resolve(module).resolve("src/main"));
        }
        Files.copy(Path.of(System.getProperty("uartnet.root"), "uartnet"), checkout.resolve("uartnet"));
        classesOfThisBuild(folder.resolve("classes.jar"));
        maven("mkdir -p cli/target/lib && cp '" + folder.resolve("classes.jar") + "' cli/target/lib/ && cp '"
                + folder.resolve("classes.jar") + "' cli/target/uartnet-cli-1.jar");
        age(checkout);
    }

    /** A jar with nothing but a class path. */
    private static void classesOfThisBuild(Path jar) throws IOException {
        String urls = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, urls);
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
    }

    /** Makes a Maven that notes that it was called, and then does this. */
    private void maven(String script) throws IOException {
        executable("mvn", "echo \"$*\" >> '" + builds + "'\n" + script + "\n");
    }

    private void executable(String name, String script) throws IOException {
        Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Sources that were there long before any build. */
    private static void age(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
            }
        }
    }

    private Process start(Path launcher, String... args) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of(launcher.toString()), Stream.of(args)).toList());
        builder.directory(folder.toFile());
        builder.environment().put("PATH", folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static Result await(Process process) throws Exception {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Result(
                process.exitValue(),
                new String(process.getInputStream().readAllBytes(), UTF_8),
                new String(process.getErrorStream().readAllBytes(), UTF_8));
    }

    private Result run(String... args) throws Exception {
        return await(start(checkout.resolve("uartnet"), args));
    }

    private int buildsSoFar() throws IOException {
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    @Test
    void theFirstUseBuildsAndLaterOnesDoNot() throws Exception {
        Result first = run("--version");
        assertThat(first.errors().strip()).isEqualTo(BUILDS);
        assertThat(first.exitCode()).isZero();
        assertThat(first.output()).startsWith("uartnet ");

        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a checkout", "uartnet"));
        Path linkToLink = Files.createSymbolicLink(folder.resolve("link-to-link"), link);
        Result second = await(start(linkToLink, "resolve", "127.0.0.1", "--port", "sim"));
        assertThat(second).isEqualTo(new Result(0, "127.0.0.1" + System.lineSeparator(), ""));
        assertThat(buildsSoFar()).isEqualTo(1);
    }

    @Test
    void newerSourcesAreBuilt() throws Exception {
        run("--version");
        Path source = Files.writeString(checkout.resolve("codec/src/main/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

        Result result = run("--version");

        assertThat(result.errors())
                .startsWith("uartnet: building uartnet, as its sources have changed: about a minute...");
        assertThat(result.exitCode()).isZero();
        assertThat(buildsSoFar()).isEqualTo(2);
    }

    @Test
    void aBuildThatFailsShowsMavensWordsAndIsTriedAgain() throws Exception {
        maven("echo '[INFO] Building'; echo '[ERROR] no such class'; exit 1");
        for (int attempt = 1; attempt <= 2; attempt++) {
            Result result = run("--version");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.output()).isEmpty();
            assertThat(result.errors().lines())
                    .containsExactly(
                            BUILDS,
                            "[ERROR] no such class",
                            "uartnet: the build has failed; Maven's messages are above, all of them in "
                                    + checkout.toRealPath().resolve("cli/target/uartnet-build.log"));
            assertThat(buildsSoFar()).isEqualTo(attempt);
        }
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Process one = start(checkout.resolve("uartnet"), "--version");
        Process two = start(checkout.resolve("uartnet"), "--version");

        for (Process process : List.of(one, two)) {
            Result result = await(process);
            assertThat(result.exitCode()).isZero();
            assertThat(result.output()).startsWith("uartnet ");
        }
        assertThat(buildsSoFar()).isEqualTo(1);
    }

    @Test
    void aLockWhoseOwnerIsGoneIsTaken() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(checkout.resolve("cli/target")).resolve("uartnet.lock");
        Files.createSymbolicLink(lock, Path.of(Long.toString(gone.pid())));

        assertThat(run("--version").exitCode()).isZero();
        assertThat(Files.isSymbolicLink(lock)).isFalse();
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        executable("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        ProcessBuilder builder = new ProcessBuilder(checkout.resolve("uartnet").toString());
        builder.environment().put("JAVA_HOME", folder.toString());
        Result result = await(builder.start());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors())
                .contains(
                        "Java 17 or later is needed", folder.resolve("bin/java").toString(), "version 11");
    }
}
