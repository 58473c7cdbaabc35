"""The end of the program. Loaded then."""

import ffi
import os
import sys
from micropython import const

_EIO = const(5)

_libc = ffi.open(None)


def _ours(link, name):
    """True if link still leads to our pty: another run may have taken it over."""
    buf = bytearray(64)
    n = _libc.func("i", "readlink", "sPi")(link, buf, len(buf))
    return n > 0 and bytes(buf[:n]) == name.encode()


def leave(e):
    """Ends the program for this reason, at once: from any thread, whatever the others do."""
    fd, other, name, path = os.getenv("UARTNET_LINE").split(",", 3)
    if name and _ours(path, name):
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
