package dev.uartnet.transport.pty;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/** The C functions for pseudo terminals, with the constants that differ between Linux and macOS. */
final class LibC {
    static final int O_RDWR = 2;
    static final int O_NOCTTY = Platform.isMac() ? 0x20000 : 0x100;
    static final int O_CLOEXEC = Platform.isMac() ? 0x1000000 : 0x80000;
    static final int O_NONBLOCK = Platform.isMac() ? 0x4 : 0x800;
    static final int F_SETFL = 4;
    static final int TCSANOW = 0;
    static final int POLLIN = 1;
    static final int POLLOUT = 4;
    static final int EINTR = 4;
    static final int EAGAIN = Platform.isMac() ? 35 : 11;
    /** struct termios is 60 bytes on Linux, 72 on macOS; it is passed through unread. */
    static final int TERMIOS_SIZE = 128;
    /** struct pollfd: int fd; short events; short revents. */
    static final int POLLFD_SIZE = 8;

    static final int POLLFD_EVENTS = 4;
    static final int POLLFD_REVENTS = 6;

    /** The functions with variable arguments, which direct mapping does not do; none is on the data path. */
    interface Variadic extends Library {
        int open(String path, int flags, Object... mode);

        int fcntl(int fd, int command, Object... argument);
    }

    static final Variadic VARIADIC = Native.load("c", Variadic.class);

    static {
        Native.register("c");
    }

    private LibC() {}

    static native int posix_openpt(int flags);

    static native int grantpt(int fd);

    static native int unlockpt(int fd);

    static native String ptsname(int fd);

    static native int tcgetattr(int fd, Pointer termios);

    static native int tcsetattr(int fd, int when, Pointer termios);

    static native void cfmakeraw(Pointer termios);

    static native NativeLong read(int fd, Pointer target, NativeLong count);

    static native NativeLong write(int fd, Pointer source, NativeLong count);

    static native int poll(Pointer pollfds, NativeLong count, int timeoutMillis);

    static native int pipe(int[] fds);

    static native int close(int fd);
}
