package dev.uartnet.proxy.board;

/** How a Wi-Fi network is secured. */
public enum WifiSecurity {
    /** Not at all: no password. */
    OPEN(0),
    WEP(1),
    WPA(2),
    WPA2(3),
    /** WPA and WPA2, as the station can. */
    WPA_WPA2(4),
    WPA2_ENTERPRISE(5),
    WPA3(6),
    /** WPA2 and WPA3, as the station can. */
    WPA2_WPA3(7),
    /** Something that this version has no name for. */
    OTHER(255);

    private final int number;

    WifiSecurity(int number) {
        this.number = number;
    }

    static WifiSecurity of(int number) {
        for (WifiSecurity security : values()) {
            if (security.number == number) {
                return security;
            }
        }
        return OTHER;
    }
}
