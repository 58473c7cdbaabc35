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


def close_notify(tls, stream):
    """False if the network does not take it now."""
    if struct.unpack("3P", uctypes.bytes_at(id(tls), _SSL))[2] != id(stream):
        return True  # another MicroPython
    return _close_notify(id(tls) + _SSL) != _WANT_WRITE
