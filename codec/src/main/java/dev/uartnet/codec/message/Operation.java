package dev.uartnet.codec.message;

/**
 * The operations that a host can ask for (PROTOCOL.md, section 8; {@code op} in {@code protocol/constants.txt}).
 *
 * <p>Plain numbers and no enum: a device must be able to name one that it does not know.
 */
public final class Operation {
    public static final int PING = 0;
    public static final int INFO = 1;
    public static final int RESOLVE = 2;
    public static final int TCP_CONNECT = 16;
    public static final int TCP_LISTEN = 17;
    public static final int UDP_BIND = 18;
    public static final int SOCKET_OPTION = 19;
    public static final int TLS_CONNECT = 20;
    public static final int TLS_LISTEN = 21;
    public static final int BLOB_WRITE = 22;
    public static final int OBJECT_IMPORT = 32;
    public static final int OBJECT_CALL = 33;
    public static final int OBJECT_GET = 34;
    public static final int OBJECT_SET = 35;
    public static final int OBJECT_ITEM_GET = 36;
    public static final int OBJECT_ITEM_SET = 37;
    public static final int OBJECT_TEXT = 38;
    public static final int OBJECT_EQUAL = 39;
    public static final int OBJECT_ITERATE = 40;
    public static final int OBJECT_READ = 41;
    public static final int OBJECT_EVAL = 42;
    public static final int OBJECT_EXEC = 43;
    public static final int OBJECT_RELEASE = 44;
    public static final int OBJECT_LIST = 45;
    public static final int WIFI_SCAN = 64;
    public static final int WIFI_CONNECT = 65;
    public static final int WIFI_DISCONNECT = 66;
    public static final int WIFI_STATUS = 67;
    public static final int WIFI_ACCESS_POINT = 68;
    public static final int WIFI_NETWORKS = 69;
    public static final int WIFI_HOSTNAME = 70;
    public static final int CLOCK_GET = 80;
    public static final int CLOCK_SET = 81;
    public static final int CLOCK_SYNC = 82;
    public static final int PIN_OPEN = 96;
    public static final int PIN_READ = 97;
    public static final int PIN_WRITE = 98;
    public static final int PIN_WATCH = 99;
    public static final int PWM_SET = 100;
    public static final int ADC_READ = 101;
    public static final int ADC_SAMPLE = 102;
    public static final int DEVICE_COLLECT = 112;
    public static final int DEVICE_RESET = 113;
    public static final int DEVICE_WATCHDOG = 114;
    public static final int DEVICE_HEALTH = 115;
    public static final int FILE_LIST = 116;
    public static final int FILE_READ = 117;
    public static final int FILE_WRITE = 118;
    public static final int FILE_REMOVE = 119;

    private Operation() {}
}
