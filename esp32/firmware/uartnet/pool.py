"""Slots of 64 bytes, set aside at start: what takes more than one is a chain of them."""

from array import array
from micropython import const

SLOT = const(64)


def slots(n):
    """Slots that n bytes take."""
    return (n + 63) >> 6 or 1


class Pool:
    """`state`: the first free slot, the number of free ones, the last slot of the chain that was put last."""

    def __init__(self, count):
        self.data = bytearray(count * SLOT)
        self.chain = array("H", bytes(2 * count))
        self.state = array("H", (0, 0, 0))
        self.clear()

    def clear(self):
        _clear(self.chain, self.state, len(self.chain))

    def put(self, src, start, end):
        """Keeps src[start:end]; returns the first slot. There must be as many free ones as slots() says."""
        return _put(self.data, self.chain, self.state, src, start, end)

    def get(self, slot, skip, dst, start, end):
        """Copies what begins in this slot behind `skip` bytes to dst[start:end]."""
        _get(self.data, self.chain, slot << 6 | skip, dst, start, end)

    def fill(self, slot, pos, src, start, end):
        """Puts src[start:end] into a slot from pos on, as far as it has room; returns where in src it stopped."""
        return _fill(self.data, slot << 6 | pos, src, start, end)

    def free(self, slot, count):
        """Gives back the first so many slots of a chain; returns the next one."""
        return _free(self.chain, self.state, slot, count)


@micropython.viper
def _clear(chain: ptr16, state: ptr16, n: int):
    i = 0
    while i < n:
        chain[i] = i + 1
        i += 1
    state[0] = 0
    state[1] = n


@micropython.viper
def _put(data: ptr8, chain: ptr16, state: ptr16, src: ptr8, start: int, end: int) -> int:
    first = int(state[0])
    slot = first
    count = 1
    while True:
        to = ptr8(int(data) + (slot << 6))
        s = ptr8(int(src) + start)
        start += 64
        if start > end:
            break
        # Not by words: the source may stand anywhere, and not every processor reads them there.
        n = 8
        while n:
            to[0] = s[0]
            to[1] = s[1]
            to[2] = s[2]
            to[3] = s[3]
            to[4] = s[4]
            to[5] = s[5]
            to[6] = s[6]
            to[7] = s[7]
            to = ptr8(int(to) + 8)
            s = ptr8(int(s) + 8)
            n -= 1
        if start == end:
            break
        slot = int(chain[slot])
        count += 1
    n = end - start + 64
    if n < 64:
        while n > 0:
            n -= 1
            to[n] = s[n]
    state[0] = chain[slot]
    state[1] = int(state[1]) - count
    state[2] = slot
    return first


@micropython.viper
def _get(data: ptr8, chain: ptr16, at: int, dst: ptr8, start: int, end: int):
    while start < end:
        dst[start] = data[at]
        at += 1
        start += 1
        if not at & 63 and start < end:
            at = int(chain[(at - 1) >> 6]) << 6


@micropython.viper
def _fill(data: ptr8, at: int, src: ptr8, start: int, end: int) -> int:
    while start < end:
        data[at] = src[start]
        at += 1
        start += 1
        if not at & 63:
            return start
    return start


@micropython.viper
def _free(chain: ptr16, state: ptr16, slot: int, count: int) -> int:
    last = slot
    i = 1
    while i < count:
        last = int(chain[last])
        i += 1
    after = int(chain[last])
    chain[last] = state[0]
    state[0] = slot
    state[1] = int(state[1]) + count
    return after
