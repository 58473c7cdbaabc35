"""Any speed for a tty of Linux; MicroPython's termios knows none."""

import ffi
import os
import struct
from micropython import const

_TCGETS2 = const(0x802C542A)
_TCSETSW2 = const(0x402C542C)  # once what was written has left
_TERMIOS2_BYTES = const(44)  # four words of flags, 20 bytes, two speeds
_CFLAG = const(8)
_SPEEDS = const(36)
_CBAUD = const(0o10017)
_BOTHER = const(0o10000)  # the speeds are numbers
_INPUT_SHIFT = const(16)  # of their own; 0: as the output's

_ioctl = ffi.open(None).func("i", "ioctl", "iLP")


def set(fd, baud):
    settings = bytearray(_TERMIOS2_BYTES)
    if _ioctl(fd, _TCGETS2, settings) < 0:
        raise OSError(os.errno())
    cflag = struct.unpack_from("I", settings, _CFLAG)[0]
    cflag = cflag & ~(_CBAUD | _CBAUD << _INPUT_SHIFT) | _BOTHER
    struct.pack_into("I", settings, _CFLAG, cflag)
    struct.pack_into("II", settings, _SPEEDS, baud, baud)
    if _ioctl(fd, _TCSETSW2, settings) < 0:
        raise OSError(os.errno())
