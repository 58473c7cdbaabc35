"""SLIP framing (RFC 1055) and its CRC-32 (IEEE 802.3): the only loops over every byte of the line, so native code.

What a native module that stands in for this one has to have, with small integers alone, so that nothing is allocated:

    state(limit)                            the memory of decode(), four 32-bit integers: length so far, flags, limit, outcome of the last call
    decode(src, pos, end, dst, state)       unescapes src[pos:end] into dst up to the next frame's end; returns where in src it stopped.
                                            state[OUTCOME] says why: MORE (all is read), FRAME or DAMAGED (longer than the limit, or a
                                            wrong escape: it ends at the next END); state[LENGTH] is then the frame's, which begins at dst[0].
                                            Empty frames are passed over. The call after FRAME or DAMAGED begins a new one
    encode(src, start, end, dst, pos)       puts END, src[start:end] and its CRC escaped, and END to dst[pos:]; returns the end in dst.
                                            src[end:end+4] is overwritten
    intact(frame, end)                      True if frame[end:end+4] is the CRC of frame[:end], big-endian
"""

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

_ONES = const(32)
_SUM = const(33)


def _remainder(value):
    for _ in range(8):
        value = value >> 1 ^ 0xEDB88320 if value & 1 else value >> 1
    return value


# CRCs of a byte's lower four bits, of its upper ones, all ones, and the last sum. One table of 256 takes a third less time, and 0.9 KB more.
_table = array("I", [_remainder(i) for i in range(16)] + [_remainder(i << 4) for i in range(16)] + [0xFFFFFFFF, 0])
del _remainder


def state(limit):
    return array("i", (0, 0, limit, 0))


@micropython.viper
def decode(src: ptr8, pos: int, end: int, dst: ptr8, st: ptr32) -> int:
    length = int(st[0])
    flags = int(st[1])  # 1: an escape, 2: drop
    limit = int(st[2])
    if int(st[3]):
        length = 0
    st[3] = 0
    while pos < end:
        if not flags:
            # A run of plain bytes: one place for both, and one comparison for most.
            to = ptr8(int(dst) + length - pos)
            length -= pos
            stop = end if end + length <= limit else limit - length
            while pos < stop:
                c = int(src[pos])
                if c >= _SLIP_END:
                    if c == _SLIP_END:
                        break
                    if c == _SLIP_ESC:
                        break
                to[pos] = c
                pos += 1
            length += pos
            if pos == end:
                break
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
        else:
            flags = 2  # longer than the limit
    st[0] = length
    st[1] = flags
    return pos


@micropython.viper
def _sum(s: ptr8, crc: uint, low: ptr32, pos: int, end: int):
    """The CRC of s[pos:end], which as an integer would be too large for a small one, to low[_SUM]. The first three variables stand in registers."""
    crc = uint(low[_ONES])
    high = ptr32(int(low) + 64)
    s = ptr8(int(s) + pos)
    left = end - pos
    # By bytes to where words begin, by words, and the rest.
    n = (0 - int(s)) & 3
    if n > left:
        n = left
    left -= n
    while True:
        while n:
            crc = crc ^ uint(s[0])
            crc = crc >> 8 ^ uint(low[int(crc & 15)]) ^ uint(high[int(crc >> 4 & 15)])
            s = ptr8(int(s) + 1)
            n -= 1
        if not left:
            break
        while left >= 4:
            crc = crc ^ uint(ptr32(s)[0])
            crc = crc >> 8 ^ uint(low[int(crc & 15)]) ^ uint(high[int(crc >> 4 & 15)])
            crc = crc >> 8 ^ uint(low[int(crc & 15)]) ^ uint(high[int(crc >> 4 & 15)])
            crc = crc >> 8 ^ uint(low[int(crc & 15)]) ^ uint(high[int(crc >> 4 & 15)])
            crc = crc >> 8 ^ uint(low[int(crc & 15)]) ^ uint(high[int(crc >> 4 & 15)])
            s = ptr8(int(s) + 4)
            left -= 4
        n = left
        left = 0
    low[_SUM] = crc ^ uint(low[_ONES])


@micropython.viper
def encode(src, start: int, end: int, dst: ptr8, pos: int) -> int:
    _sum(src, 0, _table, start, end)
    s = ptr8(src)
    crc = int(ptr32(_table)[_SUM])
    s[end] = crc >> 24
    s[end + 1] = crc >> 16
    s[end + 2] = crc >> 8
    s[end + 3] = crc
    end += 4
    dst[pos] = _SLIP_END
    pos += 1
    while start < end:
        to = ptr8(int(dst) + pos - start)
        pos -= start
        c = 0
        while start < end:
            c = int(s[start])
            if c >= _SLIP_END:
                if c == _SLIP_END:
                    break
                if c == _SLIP_ESC:
                    break
            to[start] = c
            start += 1
        pos += start
        if start < end:
            dst[pos] = _SLIP_ESC
            dst[pos + 1] = _SLIP_ESC_END if c == _SLIP_END else _SLIP_ESC_ESC
            pos += 2
            start += 1
    dst[pos] = _SLIP_END
    return pos + 1


@micropython.viper
def intact(frame, end: int) -> bool:
    _sum(frame, 0, _table, 0, end)
    f = ptr8(frame)
    crc = int(ptr32(_table)[_SUM])
    if int(f[end + 3]) != crc & 255:
        return False
    if int(f[end + 2]) != (crc >> 8) & 255:
        return False
    if int(f[end + 1]) != (crc >> 16) & 255:
        return False
    return int(f[end]) == (crc >> 24) & 255
