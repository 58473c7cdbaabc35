package dev.uartnet.transport.pty;

import com.sun.jna.Library;
import com.sun.jna.Memory;
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
    /** Bytes that a terminal holds to be read: FIONREAD. */
    private static final NativeLong FIONREAD = new NativeLong(Platform.isMac() ? 0x4004667f : 0x541b);
    /** Linux's struct termios2, in which a speed is a number (TCGETS2 of asm-generic/ioctls.h). */
    private static final NativeLong TCGETS2 = new NativeLong(0x802c542aL);

    private static final int TERMIOS2_INTS = 11;
    private static final int TERMIOS2_OUTPUT_SPEED = 10;

    /** struct termios is 60 bytes on Linux, 72 on macOS; it is passed through unread. */
    static final int TERMIOS_SIZE = 128;
    /** struct pollfd: int fd; short events; short revents. */
    static final int POLLFD_SIZE = 8;

    static final int POLLFD_EVENTS = 4;
    static final int POLLFD_REVENTS = 6;

    /** The functions with variable arguments, which direct mapping does not do; on Linux none is on the data path. */
    interface Variadic extends Library {
        int open(String path, int flags, Object... mode);

        int fcntl(int fd, int command, Object... argument);

        int ioctl(int fd, NativeLong request, Object... argument);
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

    /** On Linux an argument is passed the same way whether the function's arguments vary or not; on macOS it is not. */
    private static native int ioctl(int fd, NativeLong request, int[] argument);

    private static native NativeLong cfgetospeed(Pointer termios);

    /** Bytes that can be read from a terminal, or -1. */
    static int unread(int fd) {
        int[] count = new int[1];
        int result = Platform.isMac() ? VARIADIC.ioctl(fd, FIONREAD, count) : ioctl(fd, FIONREAD, count);
        return result < 0 ? -1 : count[0];
    }

    /** The speed in baud at which a terminal sends, or 0. */
    static int outputSpeed(int fd) {
        if (Platform.isMac()) {
            Memory termios = new Memory(TERMIOS_SIZE);
            return tcgetattr(fd, termios) < 0 ? 0 : cfgetospeed(termios).intValue();
        }
        int[] termios = new int[TERMIOS2_INTS];
        return ioctl(fd, TCGETS2, termios) < 0 ? 0 : termios[TERMIOS2_OUTPUT_SPEED];
    }
}
