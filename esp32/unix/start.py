"""Starts the firmware on the unix port: opens the line, then runs main.py as a board would. Called by ./run, which has
packed it together with the firmware and the stand-ins."""

import ffi
import os
import struct
import sys
import termios
from micropython import const


def absolute(path):
    return path if path.startswith("/") else os.getcwd() + "/" + path


line = absolute(sys.argv[2])
for name in ("UARTNET_HOSTS", "UARTNET_FILES"):
    if os.getenv(name):
        os.putenv(name, absolute(os.getenv(name)))
# As on a board the files are in the current folder, with short names: each name takes memory.
os.chdir(absolute(sys.path[0]))
sys.path[:] = ["", ".frozen"]
if os.getenv("UARTNET_FILES"):
    sys.path.append(os.getenv("UARTNET_FILES"))  # the board's "/", where its user's modules are

import machine

_O_RDWR = const(0o2)
_O_NOCTTY = const(0o400)
_O_NONBLOCK = const(0o4000)
_F_SETFL = const(4)
_SIG_BLOCK = const(0)
_SIGINT = const(2)
_SIGTERM = const(15)
_EIO = const(5)
_ENOTTY = const(25)

_libc = ffi.open(None)
_pid = _libc.func("i", "getpid", "")()


def hold_signals():
    """Keeps SIGINT and SIGTERM for the firmware's loop to find: MicroPython's own handler, and any in Python, can meet the
    interpreter in the middle of an allocation and leave its lock held for ever (seen: once in 100)."""
    if sys.platform == "linux":
        mask = bytearray(128)
        struct.pack_into("I", mask, 0, 1 << _SIGINT - 1 | 1 << _SIGTERM - 1)
        _libc.func("i", "sigprocmask", "iPP")(_SIG_BLOCK, mask, None)
        machine.signals = open(_libc.func("i", "signalfd", "iPi")(-1, mask, _O_NONBLOCK), "rb", buffering=0)


def fail(text):
    print("run: " + text, file=sys.stderr)
    sys.exit(1)


def words(e):
    return _libc.func("s", "strerror", "i")(e.errno)


def open_tty(path):
    fd = _libc.func("i", "open", "si")(path, _O_RDWR | _O_NOCTTY | _O_NONBLOCK)
    if fd < 0:
        fail("cannot open %s: %s" % (path, words(OSError(os.errno()))))
    try:
        termios.setraw(fd)
    except OSError as e:
        fail("cannot use %s as a serial line: %s" % (path, "not a tty" if e.errno == _ENOTTY else words(e)))
    return open(fd, "r+b", buffering=0)


def open_pty(link):
    """A pty whose other end is named link. We hold that end open ourselves: so it stays raw, and a host that closes it
    is no event here, as it is none on a real line."""
    fd = _libc.func("i", "posix_openpt", "i")(_O_RDWR | _O_NOCTTY)
    if fd < 0 or _libc.func("i", "grantpt", "i")(fd) < 0 or _libc.func("i", "unlockpt", "i")(fd) < 0:
        fail("cannot make a pty: " + words(OSError(os.errno())))
    name = _libc.func("s", "ptsname", "i")(fd)
    other = open_tty(name)
    _libc.func("i", "fcntl", "iii")(fd, _F_SETFL, _O_NONBLOCK)
    # rename() puts the link in place whole, and over a stale one; run has seen that there is nothing else.
    new = "%s.%d" % (link, _pid)
    if _libc.func("i", "symlink", "ss")(name, new) < 0:
        fail("cannot make %s: %s" % (link, words(OSError(os.errno()))))
    try:
        os.rename(new, link)
    except OSError as e:
        os.remove(new)
        fail("cannot make %s: %s" % (link, words(e)))
    return open(fd, "r+b", buffering=0), other.fileno(), name, other


def open_again(kept):
    """The line as it was before a reset (reboot.py)."""
    fd, other, name, path = kept.split(",", 3)
    os.unsetenv("UARTNET_LINE")
    return open(int(fd), "r+b", buffering=0), int(other), name, path


def ours(link, name):
    """True if link still leads to our pty: another run may have taken it over."""
    buf = bytearray(64)
    n = _libc.func("i", "readlink", "sPi")(link, buf, len(buf))
    return n > 0 and bytes(buf[:n]) == name.encode()


def leave(e):
    """Ends the program for this reason, at once: from any thread, whatever the others do."""
    fd, other, name, path = machine.kept.split(",", 3)
    if name and ours(path, name):
        os.remove(path)
    if os.getenv("UARTNET_FILES_OURS"):
        os.system("rm -rf '%s'" % os.getenv("UARTNET_FILES_OURS"))
    code = 0
    if not isinstance(e, KeyboardInterrupt):
        code = 1
        if isinstance(e, OSError) and e.errno == _EIO:
            print("run: %s is gone (its other end was closed or unplugged)" % path, file=sys.stderr)
        else:
            sys.print_exception(e, sys.stderr)
    _libc.func("v", "_exit", "i")(code)


def run(mode, path):
    name = ""
    hold_signals()
    if os.getenv("UARTNET_LINE"):
        machine.line, other, name, path = open_again(os.getenv("UARTNET_LINE"))
    elif mode == "--pty":
        machine.line, other, name, held = open_pty(path)
    else:
        machine.line = open_tty(path)
        other = -1
    if mode == "--tty":
        machine.tty = machine.line.fileno()
    machine.cause = {"hard": 2, "watchdog": 3, "soft": 5}.get((os.getenv("UARTNET_RESETS") or "").split(",")[-1], 1)
    machine.kept = "%d,%d,%s,%s" % (machine.line.fileno(), other, name, path)
    machine.leave = leave
    # The firmware's heap is to be a board's, where nothing of this is: away with what is done.
    for done in ("absolute", "hold_signals", "open_tty", "open_pty", "open_again", "struct", "termios"):
        globals()[done] = None
    try:
        import main
    except BaseException as e:
        leave(e)


run(sys.argv[1], line)
