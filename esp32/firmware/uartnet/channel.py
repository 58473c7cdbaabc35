"""What the channels of all kinds of sockets have in common (PROTOCOL.md, section 9)."""

import errno
import socket
from micropython import const

from . import dns, failure

_KIND_CHANNEL_CLOSE = const(19)
_ERROR_NONE = const(0)


class Channel:
    """One socket. `device` has the link, the poll sets, the store and the table of channels.

    What is the same for most channels stands in the class, and in a channel only once it differs: each place in each costs 8 bytes.
    """

    kind = 0  # as sockets.py has it for options; 0 until the channel is open
    sock = None  # what is read and written
    mask = 0  # what the poll sets look for
    deadline = None  # when tick() is to be called
    options = None  # map of those that were set, shared by channels: never changed, but replaced
    ready = False  # stands in the device's queue of readable channels

    def __init__(self, device, number):
        self.device = device
        self.number = number

    def raw(self):
        """The socket of the platform, which polls and options are for; where bytes pass through something in between, `sock` is that."""
        return self.sock

    def bind(self, kind, address, port):
        """Makes the socket, with its options and bound to this address (None: all IPv4 ones)."""
        info = socket.getaddrinfo(dns.text(address or bytes(4)), port, 0, kind)[0]
        self.sock = socket.socket(info[0], kind)
        self.sock.setblocking(False)
        self.device.board.set_options(self.sock, self.options)
        self.sock.bind(info[-1])

    def bind_to(self, kind, address, port):
        """As bind(), to any free port for 0; returns the port, 0 where the platform has chosen it, and tells."""
        for left in range(7, -1, -1):
            chosen = port or self.device.board.free_port()
            try:
                self.bind(kind, address, chosen)
                return chosen
            except OSError as e:
                if port or not left or e.errno != errno.EADDRINUSE:
                    raise
                self.free()

    def watch(self, mask):
        if mask != self.mask:
            self.device.watch(self, mask)
            self.mask = mask

    def free(self):
        """Closes the socket."""
        self.watch(0)
        if self.sock:
            self.sock.close()
            self.sock = None

    def cancel(self):
        """Gives up opening."""
        self.free()
        self.device.forget(self)

    def release(self):
        """The session is over: a reset, so that the peer does not take what it has for the whole."""
        if self.sock:
            self.device.board.set_reset(self.raw())
        self.free()

    def say(self, message):
        link = self.device.link
        link.begin().put(message)
        link.commit()

    def answer_close(self, reason=None):
        """Answers the host's CHANNEL_CLOSE; with a reason, bytes that we held are lost."""
        if reason:
            if self.sock:
                self.device.board.set_reset(self.raw())
        self.free()
        self.say_close(reason)
        self.device.forget(self)

    def say_close(self, reason=None):
        if reason:
            self.device.link.report(_KIND_CHANNEL_CLOSE, self.number, reason)
        else:
            self.say((_KIND_CHANNEL_CLOSE, self.number, _ERROR_NONE, "", None))

    def _nothing(self, *args):
        return True

    # What arrives for a channel. Each kind has its own for what it knows, and one for all others takes less memory.
    data = _nothing  # (buf, start, end)
    datagram = _nothing  # (address, port, view, more)
    eof = _nothing
    more = _nothing  # (n): the host allows n more; False if that is more than the protocol has
    close = _nothing  # (code): the host's CHANNEL_CLOSE
    resume = _nothing  # there is room for a channel more

    def set_option(self, name, value):
        if self.sock:
            self.device.board.set_option(self.raw(), name, value)

    def reason(self, e):
        """Why this exception of the socket ends the channel."""
        return self.device.board.reason(failure.of(e))
