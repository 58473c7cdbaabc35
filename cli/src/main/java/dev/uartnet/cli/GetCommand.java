package dev.uartnet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code uartnet get URL}. */
@CommandLine.Command(
        name = "get",
        description = {
            "Downloads a page or file by HTTP or HTTPS through the device, to standard output or a file.",
            "TLS ends on this machine: the device sees ciphertext only. Up to 10 redirects are followed. An answer of 300 "
                    + "and above that leads nowhere, and a body that ends early, is a failure (exit code 5).",
            "Progress is shown on a terminal only, on standard error."
        })
final class GetCommand extends DeviceCommand {
    @Parameters(paramLabel = "URL", description = "What to get: http://HOST[:PORT]/PATH, or with https.")
    private String url = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, which appears only when it is whole ('-': standard output).")
    private @Nullable Path file;

    GetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        target(url);
        Body.check(file);
    }

    /** Checks a URL; returns it without its fragment, which is not for the server. */
    static URI target(String url) throws UsageException {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new UsageException("not a URL: " + url + " (" + e.getReason() + " at character " + (e.getIndex() + 1)
                    + "; other characters than ASCII and spaces must be written as %XX)" + suggestion(url));
        }
        String problem = HttpUrl.problem(uri);
        if (problem != null) {
            throw new UsageException(problem + ": " + url + " (expected: http://HOST[:PORT]/PATH)" + suggestion(url));
        }
        if (uri.getRawUserInfo() != null) {
            throw new UsageException("a user in the URL is not supported: " + uri.getHost());
        }
        int fragment = url.indexOf('#');
        return fragment < 0 ? uri : URI.create(url.substring(0, fragment));
    }

    private static String suggestion(String url) {
        return url.contains("://") ? "" : " (did you mean http://" + url + "?)";
    }

    @Override
    int run(Device device) throws Exception {
        try (Download download = new Download(device.client().httpClient(), target(url), options.timeout())) {
            download.start();
            try (Body body = Body.of(file, invocation)) {
                copy(download, body);
                body.complete();
            }
        }
        return ExitCodes.DONE;
    }

    private void copy(Download download, Body body) throws Exception {
        // On the terminal that shows the body a bar would stand in its midst.
        boolean visible = invocation.terminal().error()
                && !(Body.isStandardOutput(file) && invocation.terminal().output());
        if (!visible) {
            copy(download, body, bytes -> {});
            return;
        }
        ProgressBar bar = new ProgressBar(
                invocation.error(), invocation.terminal().columns(), download.length(), System::nanoTime);
        invocation.cleanups().doAfter(bar::end, () -> copy(download, body, bar::update));
    }

    private static void copy(Download download, Body body, LongConsumer progress) throws Exception {
        for (byte[] piece = download.next(); piece != null; piece = download.next()) {
            body.write(piece);
            progress.accept(download.received());
        }
    }
}
