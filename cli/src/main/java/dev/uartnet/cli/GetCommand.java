package dev.uartnet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final OutputOption output = new OutputOption();

    GetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        target(url);
        output.check();
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
            try (Body body = output.open(invocation)) {
                Transfer.show(
                        invocation,
                        download.length(),
                        output.isTerminal(invocation),
                        progress -> copy(download, body, progress));
                body.complete();
            }
        }
        return ExitCodes.DONE;
    }

    private static void copy(Download download, Body body, LongConsumer progress) throws Exception {
        for (byte[] piece = download.next(); piece != null; piece = download.next()) {
            body.write(piece);
            progress.accept(download.received());
        }
    }
}
