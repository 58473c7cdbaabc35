"""Opens the line, and sets the stage of the unix port, for start.py: of no use, and gone, once that is done."""

import ffi
import os
import struct
import sys
import termios
from micropython import const

import machine

_O_RDWR = const(0o2)
_O_NOCTTY = const(0o400)
_O_NONBLOCK = const(0o4000)
_F_SETFL = const(4)
_SIG_BLOCK = const(0)
_SIGINT = const(2)
_SIGTERM = const(15)
_ENOTTY = const(25)

_libc = ffi.open(None)


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


def open_raw(path):
    """The number of a descriptor."""
    fd = _libc.func("i", "open", "si")(path, _O_RDWR | _O_NOCTTY | _O_NONBLOCK)
    if fd < 0:
        fail("cannot open %s: %s" % (path, words(OSError(os.errno()))))
    try:
        termios.setraw(fd)
    except OSError as e:
        fail("cannot use %s as a serial line: %s" % (path, "not a tty" if e.errno == _ENOTTY else words(e)))
    return fd


def open_pty(link):
    """A pty whose other end is named link. We hold that end open ourselves: so it stays raw, and a host that closes it
    is no event here, as it is none on a real line."""
    fd = _libc.func("i", "posix_openpt", "i")(_O_RDWR | _O_NOCTTY)
    if fd < 0 or _libc.func("i", "grantpt", "i")(fd) < 0 or _libc.func("i", "unlockpt", "i")(fd) < 0:
        fail("cannot make a pty: " + words(OSError(os.errno())))
    name = _libc.func("s", "ptsname", "i")(fd)
    other = open_raw(name)
    _libc.func("i", "fcntl", "iii")(fd, _F_SETFL, _O_NONBLOCK)
    # rename() puts the link in place whole, and over a stale one; run has seen that there is nothing else.
    new = "%s.%d" % (link, _libc.func("i", "getpid", "")())
    if _libc.func("i", "symlink", "ss")(name, new) < 0:
        fail("cannot make %s: %s" % (link, words(OSError(os.errno()))))
    try:
        os.rename(new, link)
    except OSError as e:
        os.remove(new)
        fail("cannot make %s: %s" % (link, words(e)))
    return fd, other, name


def line(mode, path, cwd):
    """Opens it, and sets $UARTNET_LINE, which a reset and the end go by: its two descriptors (-1: none), the name of the pty, and the path that leads to it."""
    hold_signals()
    for name in ("UARTNET_HOSTS", "UARTNET_FILES"):
        said = os.getenv(name)
        if said:
            os.putenv(name, absolute(said, cwd))
    if os.getenv("UARTNET_FILES"):
        sys.path.append(os.getenv("UARTNET_FILES"))  # the board's "/", where its user's modules are
    kept = os.getenv("UARTNET_LINE")
    if kept:
        fd = int(kept.split(",")[0])  # as it was before a reset (reboot.py)
    else:
        path = absolute(path, cwd)
        fd, other, name = open_pty(path) if mode == "--pty" else (open_raw(path), -1, "")
        os.putenv("UARTNET_LINE", "%d,%d,%s,%s" % (fd, other, name, path))
    if mode == "--tty":
        machine.tty = fd
    machine.line = open(fd, "r+b", buffering=0)


def absolute(path, cwd):
    return path if path.startswith("/") else cwd + "/" + path
