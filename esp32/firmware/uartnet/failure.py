"""Why an operation or a connection failed: the protocol's code, words for people, the platform's number."""

import errno
import sys
from micropython import const

_ERROR_BAD_REQUEST = const(2)
_ERROR_INTERNAL = const(8)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)
_ERROR_IO = const(16)
_ERROR_CONNECTION_REFUSED = const(17)
_ERROR_CONNECTION_RESET = const(18)
_ERROR_CONNECTION_ABORTED = const(19)
_ERROR_TIMED_OUT = const(20)
_ERROR_HOST_UNREACHABLE = const(21)
_ERROR_NETWORK_UNREACHABLE = const(22)
_ERROR_NETWORK_DOWN = const(23)
_ERROR_ADDRESS_IN_USE = const(24)
_ERROR_ADDRESS_NOT_AVAILABLE = const(25)
_ERROR_BROKEN_PIPE = const(26)
_ERROR_MESSAGE_TOO_BIG = const(27)

_TEXT = {
    _ERROR_NOT_ALLOWED: "not allowed",
    _ERROR_NO_RESOURCES: "out of sockets or memory",
    _ERROR_IO: "input/output error",
    _ERROR_CONNECTION_REFUSED: "connection refused",
    _ERROR_CONNECTION_RESET: "connection reset by peer",
    _ERROR_CONNECTION_ABORTED: "connection aborted",
    _ERROR_TIMED_OUT: "timed out",
    _ERROR_HOST_UNREACHABLE: "host unreachable",
    _ERROR_NETWORK_UNREACHABLE: "network unreachable",
    _ERROR_NETWORK_DOWN: "network is down",
    _ERROR_ADDRESS_IN_USE: "address in use",
    _ERROR_ADDRESS_NOT_AVAILABLE: "address not available",
    _ERROR_BROKEN_PIPE: "broken pipe",
    _ERROR_MESSAGE_TOO_BIG: "message too long",
}

# MicroPython's errno names few; the others have the numbers of Linux on the unix port and of newlib on the ESP32.
_CODE = {
    12: _ERROR_NO_RESOURCES,  # ENOMEM
    13: _ERROR_NOT_ALLOWED,  # EACCES
    23: _ERROR_NO_RESOURCES,  # ENFILE
    24: _ERROR_NO_RESOURCES,  # EMFILE
    105: _ERROR_NO_RESOURCES,  # ENOBUFS
    32: _ERROR_BROKEN_PIPE,
}
if sys.platform == "linux":
    _CODE.update({
        90: _ERROR_MESSAGE_TOO_BIG,
        97: _ERROR_ADDRESS_NOT_AVAILABLE,  # EAFNOSUPPORT
        99: _ERROR_ADDRESS_NOT_AVAILABLE,
        100: _ERROR_NETWORK_DOWN,
        101: _ERROR_NETWORK_UNREACHABLE,
    })
else:
    _CODE.update({
        106: _ERROR_ADDRESS_NOT_AVAILABLE,  # EAFNOSUPPORT
        112: _ERROR_ADDRESS_IN_USE,
        113: _ERROR_CONNECTION_ABORTED,
        114: _ERROR_NETWORK_UNREACHABLE,
        115: _ERROR_NETWORK_DOWN,
        116: _ERROR_TIMED_OUT,
        118: _ERROR_HOST_UNREACHABLE,
        122: _ERROR_MESSAGE_TOO_BIG,
        125: _ERROR_ADDRESS_NOT_AVAILABLE,
        128: _ERROR_CONNECTION_ABORTED,  # ENOTCONN, lwIP's word for a connection that went away
    })
_CODE[errno.ECONNREFUSED] = _ERROR_CONNECTION_REFUSED
_CODE[errno.ECONNRESET] = _ERROR_CONNECTION_RESET
_CODE[errno.ECONNABORTED] = _ERROR_CONNECTION_ABORTED
_CODE[errno.ETIMEDOUT] = _ERROR_TIMED_OUT
_CODE[errno.EHOSTUNREACH] = _ERROR_HOST_UNREACHABLE
_CODE[errno.EADDRINUSE] = _ERROR_ADDRESS_IN_USE


class Failure(Exception):
    def __init__(self, code, text, errno=None):
        self.code = code
        self.text = text
        self.errno = errno


def check(ok, name):
    """Fails the request whose argument of this name is not ok."""
    if not ok:
        raise Failure(_ERROR_BAD_REQUEST, name)


def of(e):
    """The Failure that stands for any exception."""
    if isinstance(e, Failure):
        return e
    if isinstance(e, MemoryError):
        return Failure(_ERROR_NO_RESOURCES, "out of memory")
    if isinstance(e, OSError) and isinstance(e.errno, int):
        code = _CODE.get(e.errno, _ERROR_IO)
        return Failure(code, _TEXT[code], e.errno)
    return Failure(_ERROR_INTERNAL, repr(e))
