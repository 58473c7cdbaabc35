package dev.uartnet.proxy;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;

/** In every test of this module a blocking call on an event loop is an error (found by the service loader). */
public final class NonBlockingEventLoops implements BeforeAllCallback {
    private static boolean installed;

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        if (!installed) {
            installed = true;
            BlockHound.builder()
                    .loadIntegrations()
                    // The simulator's threads are its own affair: some of them look up names.
                    .nonBlockingThreadPredicate(
                            loops -> loops.and(thread -> !thread.getName().startsWith("uartnet-device")))
                    .install();
        }
    }
}
