"""SLIP framing (RFC 1055): the only loops over every byte of the line, so native code."""

from array import array
from micropython import const

_SLIP_END = const(192)
_SLIP_ESC = const(219)
_SLIP_ESC_END = const(220)
_SLIP_ESC_ESC = const(221)

# Outcomes of decode(), and where they stand in its state.
MORE = const(0)
FRAME = const(1)
DAMAGED = const(2)
LENGTH = const(0)
OUTCOME = const(3)


def state(limit):
    """The decoder's memory between two calls: length so far, escape (1) and drop (2) flags, limit, outcome."""
    return array("i", (0, 0, limit, 0))


@micropython.viper
def decode(src: ptr8, pos: int, end: int, dst: ptr8, st: ptr32) -> int:
    """Unescapes src[pos:end] into dst up to the next frame's end; returns where it stopped, OUTCOME says why."""
    length = int(st[0])
    flags = int(st[1])
    limit = int(st[2])
    if int(st[3]):
        length = 0
    st[3] = 0
    while pos < end:
        c = int(src[pos])
        pos += 1
        if c == _SLIP_END:
            outcome = 0
            if flags:
                outcome = 2
            elif length:
                outcome = 1
            flags = 0
            if outcome:
                st[0] = length
                st[1] = 0
                st[3] = outcome
                return pos
        elif flags > 1:
            pass
        elif flags:
            flags = 0
            if c == _SLIP_ESC_END:
                c = _SLIP_END
            elif c == _SLIP_ESC_ESC:
                c = _SLIP_ESC
            else:
                flags = 2
            if length == limit:
                flags = 2
            if not flags:
                dst[length] = c
                length += 1
        elif c == _SLIP_ESC:
            flags = 1
        elif length == limit:
            flags = 2
        else:
            dst[length] = c
            length += 1
    st[0] = length
    st[1] = flags
    return pos


@micropython.viper
def encode(src: ptr8, start: int, end: int, crc: int, dst: ptr8, pos: int) -> int:
    """Puts src[start:end] and its CRC behind it as one escaped frame to dst[pos:]; src needs 4 bytes to spare."""
    src[end] = crc >> 24
    src[end + 1] = crc >> 16
    src[end + 2] = crc >> 8
    src[end + 3] = crc
    end += 4
    dst[pos] = _SLIP_END
    pos += 1
    while start < end:
        c = int(src[start])
        start += 1
        if c == _SLIP_END:
            dst[pos] = _SLIP_ESC
            pos += 1
            c = _SLIP_ESC_END
        elif c == _SLIP_ESC:
            dst[pos] = _SLIP_ESC
            pos += 1
            c = _SLIP_ESC_ESC
        dst[pos] = c
        pos += 1
    dst[pos] = _SLIP_END
    return pos + 1


@micropython.viper
def intact(frame: ptr8, end: int, crc: int) -> bool:
    """True if the 4 bytes at frame[end:] are this CRC, big-endian."""
    if int(frame[end + 3]) != crc & 255:
        return False
    if int(frame[end + 2]) != (crc >> 8) & 255:
        return False
    if int(frame[end + 1]) != (crc >> 16) & 255:
        return False
    return int(frame[end]) == (crc >> 24) & 255
