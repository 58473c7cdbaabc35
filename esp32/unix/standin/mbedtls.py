"""The one word of TLS that MicroPython's `tls` cannot say, through the library that it has been linked with. No board has this module."""

import ffi
import struct
import uctypes
from micropython import const

_SSL = 3 * struct.calcsize("P")  # mbedtls's own in MicroPython's SSLSocket: behind its type, the context and the stream
_WANT_WRITE = const(-0x6880)

try:
    _close_notify = ffi.open(None).func("i", "mbedtls_ssl_close_notify", "P")
except OSError:
    raise ImportError("MicroPython has its mbedtls inside")


def _address(o):
    """id() is that, but for 32-bit addresses of 0x40000000 to 0x7fffffff, whose highest bits it loses (a heap below 128 KB is there)."""
    n = id(o)
    return n if n >= 0 else n & 0x7FFFFFFF


def close_notify(tls, stream):
    """False if the network does not take it now."""
    if struct.unpack("3P", uctypes.bytes_at(_address(tls), _SSL))[2] != _address(stream):
        return True  # another MicroPython
    return _close_notify(_address(tls) + _SSL) != _WANT_WRITE
