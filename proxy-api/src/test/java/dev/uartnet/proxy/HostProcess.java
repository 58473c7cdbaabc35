package dev.uartnet.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** An application in a JVM of its own, to be killed in the middle of its work. */
final class HostProcess {
    private static final String BEGUN = "begun";

    private HostProcess() {}

    /** Starts a host, waits until its download has begun, and kills it with SIGKILL. */
    static void killInADownload(String port, BodyServer server) throws IOException, InterruptedException {
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostProcess.class.getName(),
                        port,
                        server.uri("/length/2000000000"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (!BEGUN.equals(line)) {
                throw new IOException("the host did not come to its download, it said: " + line);
            }
        } finally {
            host.destroyForcibly();
        }
        if (!host.waitFor(20, TimeUnit.SECONDS)) {
            throw new IOException("the host lives on");
        }
    }

    /** Downloads for ever; arguments: port, URI. */
    public static void main(String[] args) {
        AtomicBoolean begun = new AtomicBoolean();
        ProxyClient client = TestLine.get(ProxyClient.connect(args[0]));
        client.httpClient()
                .get()
                .uri(args[1])
                .responseContent()
                .doOnNext(data -> {
                    if (begun.compareAndSet(false, true)) {
                        System.out.println(BEGUN);
                    }
                })
                .blockLast();
    }
}
