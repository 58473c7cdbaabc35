"""The host's DATA frames: which number comes next, and those that came before their turn (PROTOCOL.md, section 5)."""

from array import array
from micropython import const

from .pool import slots

WINDOW = const(64)  # frames; its numbers are their places in the tables
_NONE = const(0xFFFF)


class Incoming:
    def __init__(self, pool):
        self.pool = pool
        self.limit = 0  # slots
        self.heads = array("H", bytes(2 * WINDOW))  # a kept frame's first slot
        self.sizes = array("H", bytes(2 * WINDOW))
        self.clear()

    def clear(self):
        """Forgets all; the pool is cleared by whoever shares it out."""
        for i in range(WINDOW):
            self.heads[i] = _NONE
        self.expected = 0  # the next to hand over
        self.known = 0  # behind the last that the host is known to have sent
        self.count = 0  # of frames that are kept
        self.used = 0  # slots

    def has(self, seq):
        return self.heads[seq & (WINDOW - 1)] != _NONE

    def holes(self):
        """True if a gap is to be reported. What is kept only until the answers have room is none."""
        return (self.known - self.expected) & 255 != self.count and not self.has(self.expected)

    def sent(self, seq):
        """The host has sent all before this number; True if that is news of a gap."""
        ahead = (seq - self.expected) & 255
        if ahead > WINDOW or ahead <= (self.known - self.expected) & 255:
            return False
        self.known = seq
        return True

    def advance(self):
        """The next one is there."""
        if self.known == self.expected:
            self.known = (self.known + 1) & 255
        self.expected = (self.expected + 1) & 255

    def keep(self, seq, frame, start, end):
        """Keeps a frame for its turn; False if there is no room."""
        pool = self.pool
        n = slots(end - start)
        if n > pool.state[1] or self.used + n > self.limit:
            return False
        i = seq & (WINDOW - 1)
        self.heads[i] = pool.put(frame, start, end)
        self.sizes[i] = end - start
        self.used += n
        self.count += 1
        return True

    def take(self, dst, start):
        """Copies the next one, if it is kept, to dst[start:]; returns its end, or 0."""
        i = self.expected & (WINDOW - 1)
        slot = self.heads[i]
        if slot == _NONE:
            return 0
        self.heads[i] = _NONE
        size = self.sizes[i]
        pool = self.pool
        pool.get(slot, 0, dst, start, start + size)
        n = slots(size)
        pool.free(slot, n)
        self.used -= n
        self.count -= 1
        self.advance()
        return start + size

    def report(self, dst, pos):
        """Puts the gap report to dst[pos:]; returns its end."""
        return _report(self.heads, self.expected, (self.known - self.expected) & 255, dst, pos)


@micropython.viper
def _report(heads: ptr16, expected: int, n: int, dst: ptr8, pos: int) -> int:
    dst[pos] = n
    i = 0
    while i < n:
        if not i & 7:
            pos += 1
            dst[pos] = 0
        if int(heads[(expected + i) & (WINDOW - 1)]) != _NONE:
            dst[pos] = int(dst[pos]) | 1 << (i & 7)
        i += 1
    return pos + 1
