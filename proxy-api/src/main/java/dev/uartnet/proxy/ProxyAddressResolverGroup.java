package dev.uartnet.proxy;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.Disposable;

/**
 * Resolves names by a device, for a {@link io.netty.bootstrap.Bootstrap} or a client of reactor-netty: this host's own name servers
 * (it may have none) are not asked. Errors: {@link java.net.UnknownHostException}, {@link LinkLostException}.
 */
public final class ProxyAddressResolverGroup extends AddressResolverGroup<InetSocketAddress> {
    private final ProxyNetwork network;

    ProxyAddressResolverGroup(ProxyNetwork network) {
        this.network = network;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetSocketAddressResolver(executor, new DeviceNameResolver(executor));
    }

    private final class DeviceNameResolver extends InetNameResolver {
        DeviceNameResolver(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) {
            ask(name, promise, addresses -> promise.trySuccess(addresses.get(0)));
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
            ask(name, promise, promise::trySuccess);
        }

        private void ask(String name, Promise<?> promise, Consumer<List<InetAddress>> success) {
            Disposable question = network.resolve(name).collectList().subscribe(success, promise::tryFailure);
            promise.addListener(done -> {
                if (done.isCancelled()) {
                    question.dispose();
                }
            });
        }
    }
}
