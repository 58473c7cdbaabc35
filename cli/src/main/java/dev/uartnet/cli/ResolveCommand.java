package dev.uartnet.cli;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet resolve HOST}. */
@CommandLine.Command(
        name = "resolve",
        description = "Resolves a name by the device, and prints its addresses, one on a line, best first.")
final class ResolveCommand extends DeviceCommand {
    @Parameters(paramLabel = "HOST", description = "A host's name, such as example.org.")
    private String host = "";

    ResolveCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        if (host.isBlank()) {
            throw new UsageException("HOST is empty (expected: a name such as example.org)");
        }
        if (host.getBytes(StandardCharsets.UTF_8).length > HttpUrl.HOST_BYTES_MAX) {
            throw new UsageException("HOST is longer than " + HttpUrl.HOST_BYTES_MAX + " bytes");
        }
    }

    @Override
    int run(Device device) throws Exception {
        for (InetAddress address : device.await(device.client().resolve(host))) {
            invocation.output().line(address.getHostAddress());
        }
        return ExitCodes.DONE;
    }
}
