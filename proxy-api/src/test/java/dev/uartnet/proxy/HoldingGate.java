package dev.uartnet.proxy;

import dev.uartnet.esp32.RequestGate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lets everything pass but one operation, which waits until told. */
final class HoldingGate implements RequestGate {
    final CompletableFuture<Void> arrived = new CompletableFuture<>();
    final CompletableFuture<Void> release = new CompletableFuture<>();
    private final int operation;

    HoldingGate(int operation) {
        this.operation = operation;
    }

    @Override
    public CompletionStage<?> admit(int operation, List<@Nullable Object> args) {
        if (operation != this.operation) {
            return CompletableFuture.completedFuture(null);
        }
        arrived.complete(null);
        return release;
    }
}
