"""A poll over the one thing that there is, the UART."""

from time import ticks_add, ticks_diff, ticks_ms

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16


class poll:
    def __init__(self):
        self.masks = {}

    def register(self, obj, mask):
        self.masks[obj] = mask

    modify = register

    def unregister(self, obj):
        del self.masks[obj]

    def ipoll(self, ms):
        until = ticks_add(ticks_ms(), ms)
        while True:
            found = [(obj, obj.events(mask)) for obj, mask in self.masks.items() if obj.events(mask)]
            if found or ticks_diff(until, ticks_ms()) <= 0:
                return found
