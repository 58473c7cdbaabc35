package dev.uartnet.esp32;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;

/** How late Linux may wake a thread that waits for a time: 50 us unless it asks for less (prctl(2), PR_SET_TIMERSLACK). */
final class TimerSlack {
    private static final int PR_SET_TIMERSLACK = 29;

    private TimerSlack() {}

    /** From now on this thread is woken when it wants to be. On other systems it does nothing. */
    static void minimize() {
        if (!Platform.isLinux()) {
            return;
        }
        NativeLong none = new NativeLong(0);
        // What it returns does not matter: with the slack the line is a little late, not wrong.
        Function.getFunction("c", "prctl")
                .invokeInt(new Object[] {PR_SET_TIMERSLACK, new NativeLong(1), none, none, none});
    }
}
