package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.DeviceTls;
import dev.uartnet.proxy.ProxyChannelOption;
import dev.uartnet.proxy.ProxyClient;
import java.io.IOException;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** A page over TLS that ends on the device: this host never sees a certificate, nor the line ciphertext. */
public final class SecretOnTheDevice {
    private SecretOnTheDevice() {}

    /**
     * Reads a page.
     *
     * @param authorities PEM file of those whose certificates the device is to trust
     */
    public static Mono<String> read(ProxyClient device, String host, int port, Path authorities) throws IOException {
        return device.httpClient()
                .option(ProxyChannelOption.DEVICE_TLS, DeviceTls.client().trust(authorities))
                .get()
                .uri("http://" + host + ":" + port + "/") // http: for this host it is plain
                .responseContent()
                .aggregate()
                .asString();
    }
}
