package dev.uartnet.proxy.board;

/**
 * What the device's firmware, or code on it, has logged ({@link Device#log}).
 *
 * @param level as in Python's logging: 10 debug, 20 info, 30 warning, 40 error, 50 critical
 * @param text the line
 */
public record DeviceLog(int level, String text) {
    private static final int ERROR = 40;
    private static final int WARNING = 30;
    private static final int INFO = 20;

    static DeviceLog of(Answer event) {
        return new DeviceLog(event.requiredInteger(0), event.requiredText(1));
    }

    /** Returns the level as one of this host's loggers has it. */
    public System.Logger.Level severity() {
        if (level >= ERROR) {
            return System.Logger.Level.ERROR;
        }
        if (level >= WARNING) {
            return System.Logger.Level.WARNING;
        }
        return level >= INFO ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
    }
}
