"""The table of the channels, and the poll sets that their sockets are in."""

import gc
from collections import deque
from select import POLLIN, POLLOUT, poll

from .failure import Failure


class Table:
    """Two poll sets: `all`, and `writers` (the UART, and sockets that wait to write) for while nothing can be sent: the pace ends that without an event."""

    taken = None  # where there are blobs: the arguments that are in one
    calls = None  # where a group of operations has calls that last
    services = None  # of the groups
    about = None  # what a group knows of the device, for INFO

    def __init__(self, board):
        self.board = board
        # Connections that came in, those that had to be turned away, and datagrams likewise; since boot.
        self.counted = {"accepted": 0, "refused": 0, "datagrams_dropped": 0}
        self.crowded = False  # a listener waits for has_room()
        self.blobs = {}  # by number; of the session
        self.channels = {}
        self.by_socket = {}
        self.readable = deque((), board.channels_max + 1)
        self.all = poll()
        self.writers = poll()

    def watch(self, channel, mask):
        """Changes what the poll sets look for on this channel's socket."""
        old = channel.mask
        sock = channel.raw()
        if not mask:
            self.all.unregister(sock)
            del self.by_socket[sock]
        elif not old:
            self.all.register(sock, mask)
            self.by_socket[sock] = channel
        else:
            self.all.modify(sock, mask)
        if (mask ^ old) & POLLOUT:
            if mask & POLLOUT:
                self.writers.register(sock, POLLOUT)
            else:
                self.writers.unregister(sock)

    def has_room(self):
        """True if there may be one channel more."""
        return len(self.channels) < self.board.channels_max

    def free_number(self):
        """The lowest of a channel that we open."""
        number = 1
        while number in self.channels:
            number += 2
        return number

    def forget(self, channel):
        if self.channels.get(channel.number) is channel:
            del self.channels[channel.number]
            if self.crowded:
                self.crowded = False
                for other in self.channels.values():
                    other.resume()

    def trouble(self, e, expected=(Failure, OSError)):
        """An exception that a channel, a request or the loop did not expect."""
        if isinstance(e, MemoryError):
            gc.collect()
        elif self.log and not isinstance(e, expected):
            self.log(e)

    def watch_resolver(self, sock, receive):
        if receive:
            self.by_socket[sock] = self.resolver
            self.all.register(sock, POLLIN)
            self.writers.register(sock, POLLIN)
        else:
            del self.by_socket[sock]
            self.all.unregister(sock)
            self.writers.unregister(sock)
