"""Where bytes wait that the network has not taken: memory set aside at start, because a heap that has seen many
sockets has room enough but nowhere a kilobyte in one piece."""

from micropython import const

from .pool import SLOT, Pool, slots

_LEAST = const(1)  # slots' worth of credit that every channel gets
_SHARE = const(3)  # slots for each channel at least, of which the first ones get more than the last
_MOST = const(128)  # of a channel: both directions full, a byte's way and back takes six frames of 1 KB


class Store:
    """Grants credit for which it has the room: for each of `channels` the least, and shares of the rest."""

    def __init__(self, size, channels):
        # A channel's bytes may begin and end in the middle of a slot: one more than its credit fills.
        least = (_LEAST + 1) * channels
        n = max(_SHARE * channels, min(size // SLOT, (_MOST + 1) * channels))
        self.pool = Pool(n)
        self.spare = n - least
        self.free = n  # slots that are promised to no channel
        self.rests = 0  # bytes of datagrams that are on their way to the host in pieces; these are on the heap

    def grant(self, datagram=0):
        """Bytes of credit for one more channel; for one with datagrams of that size enough for it, or the least: it may borrow."""
        extra = min(max(_MOST, slots(datagram)) - _LEAST, self.spare // 2, self.free - _LEAST - 1)
        if datagram and 0 < extra < slots(datagram) - _LEAST:
            extra = 0
        if extra < 0:
            raise MemoryError  # others have borrowed it
        self.spare -= extra
        self.free -= _LEAST + extra + 1
        return (_LEAST + extra) * SLOT

    def give_back(self, credit):
        if credit:
            self.spare += credit // SLOT - _LEAST
            self.free += credit // SLOT + 1

    def lend(self, n):
        """Slots for a while, beyond what a channel was granted, from what no other was; False if there are not so many."""
        if n > self.free:
            return False
        self.free -= n
        return True


class Held:
    """One channel's bytes in a store, first in, first out."""

    # The class's until there are bytes: most channels never have any.
    head = 0
    tail = 0
    start = 0  # in the first slot
    size = 0

    def __init__(self, store):
        self.pool = store.pool

    def add(self, data, pos=0, end=None):
        pool = self.pool
        if end is None:
            end = len(data)
        size = end - pos
        if self.size:
            fill = (self.start + self.size) % SLOT
            if fill:
                pos = pool.fill(self.tail, fill, data, pos, end)
        if pos < end:
            first = pool.put(data, pos, end)
            if self.size:
                pool.chain[self.tail] = first
            else:
                self.head = first
            self.tail = pool.state[2]
        self.size += size

    def first(self, dst):
        """Copies as many of the oldest bytes as it takes to dst; returns how many."""
        n = min(self.size, len(dst))
        self.pool.get(self.head, self.start, dst, 0, n)
        return n

    def drop(self, n):
        """Forgets the n oldest bytes."""
        self.size -= n
        n += self.start
        if not self.size:
            n += SLOT - 1
        if n >= SLOT:
            self.head = self.pool.free(self.head, n // SLOT)
        self.start = n % SLOT if self.size else 0

    def clear(self):
        if self.size:
            self.drop(self.size)
