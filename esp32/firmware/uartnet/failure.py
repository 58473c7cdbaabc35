"""Why an operation or a connection failed: the protocol's code, words for people, the platform's number."""

import errno
import sys
from micropython import const

_ERROR_UNSUPPORTED = const(1)
_ERROR_BAD_REQUEST = const(2)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)
_ERROR_INTERNAL = const(8)
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
_ERROR_FILE_NOT_FOUND = const(60)
_ERROR_FILE_NO_SPACE = const(61)

# By code, from 0, and from IO to MESSAGE_TOO_BIG and behind it those of files; one string each, for that is the least memory.
_FEW = "\nnot supported by this platform\n\n\n\nnot allowed\nout of sockets or memory"
_MOST = (
    "input/output error\nconnection refused\nconnection reset by peer\nconnection aborted\ntimed out\nhost unreachable\n"
    "network unreachable\nnetwork is down\naddress in use\naddress not available\nbroken pipe\nmessage too big\n"
    "no such file or directory\nno space left"
)

# Numbers and their codes; the first that fits counts. MicroPython's errno names few, its numbers are the first here; the others are those
# of Linux on the unix port and of newlib, for lwIP, on the ESP32.
_said = (
    (errno.ECONNREFUSED, _ERROR_CONNECTION_REFUSED),
    (errno.ECONNRESET, _ERROR_CONNECTION_RESET),
    (errno.ECONNABORTED, _ERROR_CONNECTION_ABORTED),
    (errno.ETIMEDOUT, _ERROR_TIMED_OUT),
    (errno.EHOSTUNREACH, _ERROR_HOST_UNREACHABLE),
    (errno.EADDRINUSE, _ERROR_ADDRESS_IN_USE),
    (1, _ERROR_NOT_ALLOWED),  # EPERM
    (2, _ERROR_FILE_NOT_FOUND),  # ENOENT
    (12, _ERROR_NO_RESOURCES),  # ENOMEM
    (13, _ERROR_NOT_ALLOWED),  # EACCES
    (23, _ERROR_NO_RESOURCES),  # ENFILE
    (24, _ERROR_NO_RESOURCES),  # EMFILE
    (28, _ERROR_FILE_NO_SPACE),  # ENOSPC
    (32, _ERROR_BROKEN_PIPE),
    (71, _ERROR_CONNECTION_ABORTED),  # EPROTO, of accept()
    (95, _ERROR_UNSUPPORTED),  # EOPNOTSUPP
    (105, _ERROR_NO_RESOURCES),  # ENOBUFS
)
_said += (
    (90, _ERROR_MESSAGE_TOO_BIG),
    (92, _ERROR_UNSUPPORTED),  # ENOPROTOOPT
    (93, _ERROR_UNSUPPORTED),  # EPROTONOSUPPORT
    (97, _ERROR_ADDRESS_NOT_AVAILABLE),  # EAFNOSUPPORT
    (99, _ERROR_ADDRESS_NOT_AVAILABLE),
    (100, _ERROR_NETWORK_DOWN),
    (101, _ERROR_NETWORK_UNREACHABLE),
    (102, _ERROR_CONNECTION_RESET),  # ENETRESET
    (112, _ERROR_HOST_UNREACHABLE),  # EHOSTDOWN
) if sys.platform == "linux" else (
    (106, _ERROR_ADDRESS_NOT_AVAILABLE),  # EAFNOSUPPORT
    (109, _ERROR_UNSUPPORTED),  # ENOPROTOOPT
    (112, _ERROR_ADDRESS_IN_USE),
    (113, _ERROR_CONNECTION_ABORTED),
    (114, _ERROR_NETWORK_UNREACHABLE),
    (115, _ERROR_NETWORK_DOWN),
    (116, _ERROR_TIMED_OUT),
    (117, _ERROR_HOST_UNREACHABLE),  # EHOSTDOWN
    (118, _ERROR_HOST_UNREACHABLE),
    (122, _ERROR_MESSAGE_TOO_BIG),
    (123, _ERROR_UNSUPPORTED),  # EPROTONOSUPPORT
    (125, _ERROR_ADDRESS_NOT_AVAILABLE),
    (126, _ERROR_CONNECTION_RESET),  # ENETRESET
    (128, _ERROR_CONNECTION_ABORTED),  # ENOTCONN, lwIP's word for a connection that went away
)
_NUMBERS = bytes(pair[0] for pair in _said)
_CODES = bytes(pair[1] for pair in _said)
del _said


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
        i = _NUMBERS.find(bytes((e.errno,))) if 0 < e.errno < 256 else -1
        code = _CODES[i] if i >= 0 else _ERROR_IO
        text = _MOST.split("\n")[code - (_ERROR_FILE_NOT_FOUND - 12 if code >= _ERROR_FILE_NOT_FOUND else _ERROR_IO)] if code >= _ERROR_IO else _FEW.split("\n")[code]
        return Failure(code, text, e.errno)
    return Failure(_ERROR_INTERNAL, repr(e))
