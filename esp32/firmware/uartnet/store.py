"""Where bytes wait that the network has not taken: memory set aside at start, in slots, because a heap that has seen
many sockets has room enough but nowhere a kilobyte in one piece."""

from micropython import const

_SLOT = const(128)
_BLOCK = const(8)  # slots that are allocated in one piece
_LEAST = const(2)  # slots' worth of credit that every channel gets
_MOST = const(32)


class Store:
    """Grants credit for which it has the room: for each of `channels` the least, and shares of the rest."""

    def __init__(self, size, channels):
        # A channel's bytes may begin and end in the middle of a slot: one more than its credit fills.
        least = (_LEAST + 1) * channels
        n = max(least, min(size // _SLOT, (_MOST + 1) * channels))
        blocks = (n + _BLOCK - 1) // _BLOCK
        self.blocks = [memoryview(bytearray(_BLOCK * _SLOT)) for _ in range(blocks)]
        self.free = list(range(blocks * _BLOCK))
        self.spare = len(self.free) - least

    def bytes_of(self, slot, start, end):
        """A part of a slot."""
        at = slot % _BLOCK * _SLOT
        return self.blocks[slot // _BLOCK][at + start : at + end]

    def grant(self):
        """Bytes of credit for one more channel."""
        extra = min(_MOST - _LEAST, self.spare // 2)
        self.spare -= extra
        return (_LEAST + extra) * _SLOT

    def give_back(self, credit):
        if credit:
            self.spare += credit // _SLOT - _LEAST


class Held:
    """One channel's bytes in a store, first in, first out."""

    def __init__(self, store):
        self.store = store
        self.slots = []
        self.start = 0  # in the first slot
        self.size = 0

    def add(self, data):
        store = self.store
        pos = 0
        n = len(data)
        while pos < n:
            fill = (self.start + self.size) % _SLOT
            if not self.size or not fill:
                if not self.size:
                    self.start = fill = 0
                self.slots.append(store.free.pop())
            part = min(_SLOT - fill, n - pos)
            store.bytes_of(self.slots[-1], fill, fill + part)[:] = data[pos : pos + part]
            self.size += part
            pos += part

    def first(self):
        """As many of the oldest bytes as lie in one piece."""
        return self.store.bytes_of(self.slots[0], self.start, min(_SLOT, self.start + self.size))

    def drop(self, n):
        """Forgets n bytes of first()."""
        self.size -= n
        self.start += n
        if self.start == _SLOT or not self.size:
            self.start = 0
            self.store.free.append(self.slots.pop(0))

    def clear(self):
        while self.slots:
            self.store.free.append(self.slots.pop())
        self.start = self.size = 0
