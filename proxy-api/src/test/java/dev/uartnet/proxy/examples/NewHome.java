package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.board.WifiConnect;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Brings a new device into the network of the house: joins it for good, sets the clock, leaves a note. */
final class NewHome {
    private NewHome() {}

    static Mono<String> moveIn(ProxyClient device, String ssid, String password) {
        return device.wifi()
                .connect(WifiConnect.to(ssid).password(password).save())
                .flatMap(wifi -> device.clock()
                        .sync()
                        .flatMap(clock -> leaveANote(device, clock.time()))
                        .thenReturn("in " + wifi.ssid() + " with " + wifi.rssi() + " dBm"));
    }

    private static Mono<Long> leaveANote(ProxyClient device, Instant time) {
        return device.files().write("/data/moved-in.txt", "since " + time + "\n");
    }
}
