"""Datagram channels: every datagram whole or not at all, and in its turn (PROTOCOL.md, section 9)."""

import errno
import gc
import socket
from time import ticks_add, ticks_diff
from select import POLLIN, POLLOUT
from micropython import const

from . import dns, failure
from .channel import Channel
from .failure import Failure, check
from .link import BODY
from .msgpack import is_int
from .pool import SLOT, slots
from .sockets import DATAGRAM, OPERATIONS, arguments, is_address
from .store import Held

_KIND_EVENT = const(8)
_KIND_CHANNEL_CREDIT = const(17)
_KIND_CHANNEL_DATAGRAM = const(21)
_OP_UDP_BIND = const(18)
_EVENT_DROPPED = const(4)
_EVENT_DATAGRAM_FAILED = const(7)
_ERROR_NONE = const(0)
_ERROR_NO_RESOURCES = const(6)
_ERROR_CREDIT_EXCEEDED = const(9)
_ERROR_TIMED_OUT = const(20)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)
_LIMIT_DATAGRAM_OVERHEAD = const(24)

_USUAL = const(1472)  # what fits an Ethernet frame: as much we take in any case
_QUIET_MS = const(100)  # between two DROPPED
_WAIT_MS = const(5000)  # for the network to take a datagram
_HEAD = const(19)  # before one that waits: port, length of the address, address; its overhead pays for this
_FRAMING = const(5)  # of a piece's message: array, bin, more

# A channel's states.
_OPEN = const(1)
_DRAINING = const(2)  # the host has closed: what we hold goes to the network first (CLOSE_RECEIVED)
_CLOSE_SENT = const(3)


def _get(what, n):
    """Calls what takes n bytes in one piece, which a heap may have only when it has been swept."""
    try:
        return what(n)
    except MemoryError:
        gc.collect()
        return what(n)


class UdpChannel(Channel):
    """A socket with a port of its own. A round reads at most one datagram from it, and always one, be there credit or not: what
    nobody wants does not stand in front of what comes later, and a flood gets no more of the loop than another channel's data."""

    kind = DATAGRAM
    state = _OPEN
    grant = 0  # bytes that we take from the host at most
    left = 0  # of these, what the host may send still
    own = 0  # bytes of memory that are ours for what the network does not take; may be less than we take, for mostly it does
    room = 0  # that, and what we have borrowed
    owed = 0  # taken by the network, not yet given back to the host
    # To the host
    sender = None  # of the last datagram, as the platform has it
    head = None  # numbers and address of its messages
    rest = None  # a datagram that goes in pieces
    at = 0  # where its next piece begins
    dropped = 0  # since the last DROPPED
    dropped_bytes = 0
    quiet = None  # until when there is none
    # To the network
    held = None  # what the network has not taken yet
    sizes = ()  # of the datagrams in it
    unfinished = False  # more pieces are to come
    size = 0  # of what has come of that datagram
    kept = False  # it is in there; else there was no memory for it
    address = None  # of the last datagram
    port = 0
    to = None  # both as the platform has them
    since = None  # when the network did not take the oldest
    failure = None  # why it did not take one after the host's close

    def __init__(self, device, number, credit, options):
        super().__init__(device, number)
        self.credit = credit  # bytes that we may send to the host
        self.options = options

    def open(self, address, port):
        """Opens the socket; returns its address and port, the credit granted, the largest datagram."""
        board = self.device.board
        port = self.bind_to(socket.SOCK_DGRAM, address, port)
        self.local = board.bound_address(self.sock, address, port)
        self.watch(POLLIN)
        store = self.device.store
        self.own = self.room = store.grant(board.datagram + _LIMIT_DATAGRAM_OVERHEAD)
        self.grant = self.left = max(self.own, min(board.datagram, _USUAL) + _LIMIT_DATAGRAM_OVERHEAD)
        self.largest = min(board.datagram, self.grant - _LIMIT_DATAGRAM_OVERHEAD)
        return self.local + (self.grant, self.largest)

    # What the poll sets say

    def event(self, event):
        if event & ~POLLIN and self.sizes:
            self._drain()
        if event & ~POLLOUT and self.state == _OPEN and not self.ready:
            self.ready = True
            self.device.readable.append(self)

    def tick(self, now):
        if self.quiet is not None and ticks_diff(now, self.quiet) >= 0:
            self.quiet = None
            if self.dropped:
                self._tell_dropped()
        if self.since is not None:
            if ticks_diff(now, self.since) < _WAIT_MS:
                self._drain()
            else:
                self._failed(Failure(_ERROR_TIMED_OUT, "the network did not take it in time"))
                self._leave()
                if self.state == _DRAINING:
                    self.answer_close(self.failure)
                else:
                    self._drain()
        if self.quiet is None and self.since is None:
            self.deadline = None

    # From the network to the host

    def serve(self):
        """Sends a datagram, or a piece of one, in a DATA frame. True if there is more to send at once."""
        if self.state != _OPEN:
            return False
        data = self.rest
        if data is None:
            store = self.device.store
            if store.rests and store.rests + self.largest > len(store.pool.data) >> 2:
                return True  # others have as much memory for theirs as there is
            data = self._receive()
            if data is None:
                return False
        link = self.device.link
        w = link.begin()
        n = len(data) - self.at
        room = link.payload_size() - len(self.head) - _FRAMING
        if n <= room:
            w.array(5)
            w.raw(self.head)
            w.put(memoryview(data)[self.at :] if self.at else data)
            link.send(BODY, w.pos)
            self._sent()
            if not n and self.device.board.empty_ends:
                self._open_again()
            return False
        w.array(6)
        w.raw(self.head)
        w.put(memoryview(data)[self.at : self.at + room])
        w.put(True)
        link.send(BODY, w.pos)
        if self.rest is None:
            self.rest = data
            self.device.store.rests += len(data)
        self.at += room
        return True

    def _receive(self):
        """The next datagram from the network, for which `credit` is paid; None if there is none that may pass."""
        largest = self.largest
        try:
            data, sender = _get(self.sock.recvfrom, largest + 1)
        except MemoryError:
            self._drop(self.sock.readinto(self.device.link.body) or 0)
            return None
        except OSError as e:
            if e.errno != errno.EAGAIN:
                self._failed(failure.of(e))
            return None
        n = len(data)
        if n > largest or n + _LIMIT_DATAGRAM_OVERHEAD > self.credit:
            self._drop(n)
            return None
        if sender != self.sender:
            w = self.device.link.begin()
            w.put(_KIND_CHANNEL_DATAGRAM)
            w.put(self.number)
            for value in self.device.board.peer_address(sender):
                w.put(value)
            self.head = bytes(w.view[BODY : w.pos])
            self.sender = sender
        self.credit -= n + _LIMIT_DATAGRAM_OVERHEAD
        return data

    def _sent(self):
        if self.rest is not None:
            self.device.store.rests -= len(self.rest)
            self.rest = None
            self.at = 0

    def _open_again(self):
        """For a platform that takes an empty datagram for the end of all."""
        self.watch(0)
        self.sock.close()
        self.bind(socket.SOCK_DGRAM, *self.local)
        self.watch(POLLIN)

    def _drop(self, n):
        self.device.counted["datagrams_dropped"] += 1
        self.dropped += 1
        self.dropped_bytes += n
        if self.quiet is None:
            self._tell_dropped()

    def _tell_dropped(self):
        self.say((_KIND_EVENT, _EVENT_DROPPED, self.number, self.dropped, self.dropped_bytes))
        self.dropped = self.dropped_bytes = 0
        self.deadline = self.quiet = ticks_add(self.device.link.now, _QUIET_MS)

    # From the host to the network

    def datagram(self, address, port, view, more):
        """A datagram of the host, or a piece of one: straight into the socket, what it does not take is kept."""
        if self.state != _OPEN:
            return  # in flight when we closed
        n = len(view)
        if self.unfinished:
            cost = n
            size = self.size + n
        else:
            cost = n + _LIMIT_DATAGRAM_OVERHEAD
            size = n
        if cost > self.left or size > self.largest:
            self._lost(Failure(_ERROR_CREDIT_EXCEEDED, "%d bytes, %d were allowed" % (size, min(self.largest, self.left))))
            return
        self.left -= cost
        if not self.unfinished:
            if not more and not self.sizes and self._send(address, port, view):
                self._taken(n)
                return
            if not self.held:
                self.held = Held(self.device.store)
            self.kept = self._borrow(_HEAD + (self.largest if more else n))
            if self.kept:
                self.held.add(bytes((port >> 8, port & 255, len(address))) + bytes(address) + bytes(16 - len(address)))
                self.sizes = self.sizes or []
                self.sizes.append(0)
        self.size = size
        self.unfinished = more
        if self.kept:
            if n:
                self.held.add(view)
            self.sizes[-1] = size
            if not more and self.since is None:
                self._drain()
        elif not more:
            self._failed(Failure(_ERROR_NO_RESOURCES, "out of memory"))
            self._taken(size)
            if not self.sizes:
                self._drained()

    def _borrow(self, n):
        """True if there is memory to keep n bytes more; what we have taken never exceeds `grant`."""
        lack = min(self.held.size + n, self.grant) - self.room
        if lack > 0:
            if not self.device.store.lend(slots(lack)):
                return False
            self.room += slots(lack) * SLOT
        return True

    def _drained(self):
        """Nothing waits any more, but for a datagram that has come in part."""
        self.since = None
        self.watch(self.mask & ~POLLOUT)
        if not self.sizes:
            self._return()

    def _return(self):
        """Gives back what we have borrowed."""
        self.device.store.lend((self.own - self.room) // SLOT)
        self.room = self.own

    def _send(self, address, port, data):
        """Gives a datagram to the network; False if that takes none now. Then it has to be tried again, when the poll or tick() says so."""
        try:
            # Comparing is cheaper than asking the platform, which may have to look names up for that.
            if address != self.address or port != self.port:
                self.address = None
                self.to = socket.getaddrinfo(dns.text(address), port, 0, socket.SOCK_DGRAM)[0][-1]
                self.address = bytes(address)
                self.port = port
            wait = self.device.board.send_datagram(self.sock, data, self.to)
        except Exception as e:
            self.device.trouble(e)
            self._failed(failure.of(e))
            return True
        if wait is None:
            return True
        self.watch(self.mask & ~POLLOUT | wait)
        if self.since is None:
            self.deadline = self.since = self.device.link.now
        return False

    def _drain(self):
        body = self.device.link.body  # free: nothing is being written between two messages
        while len(self.sizes) > (self.unfinished and self.kept):
            n = _HEAD + self.sizes[0]
            try:
                dst = body[:n] if n <= len(body) else memoryview(_get(bytearray, n))
                self.held.first(dst)
                if not self._send(dst[3 : 3 + dst[2]], dst[0] << 8 | dst[1], dst[_HEAD:]):
                    return
            except MemoryError as e:
                self._failed(failure.of(e))
            self._leave()
        self._drained()
        if self.state == _DRAINING:
            self.answer_close(self.failure)

    def _leave(self):
        """The oldest of those that wait has gone, or never will."""
        n = self.sizes.pop(0)
        self.held.drop(_HEAD + n)
        self.since = None
        self._taken(n)

    def _taken(self, n):
        self.owed += n + _LIMIT_DATAGRAM_OVERHEAD
        # In portions, but never so that the host waits with a datagram for a portion that is not full.
        if (self.owed * 4 >= self.grant or self.left < self.largest + _LIMIT_DATAGRAM_OVERHEAD) and self.state == _OPEN:
            self.left += self.owed
            self.say((_KIND_CHANNEL_CREDIT, self.number, self.owed))
            self.owed = 0

    def _failed(self, reason):
        """A datagram did not get through, which is no end."""
        reason = self.device.board.reason(reason)
        if self.state == _OPEN:
            self.say((_KIND_EVENT, _EVENT_DATAGRAM_FAILED, self.number, reason.code, reason.text[:80], reason.errno))
        else:
            self.failure = reason

    # Both

    def more(self, n):
        """The host allows n bytes more; False if that is more than the protocol has."""
        if self.state == _OPEN:
            if self.credit + n > _LIMIT_CREDIT_BYTES_MAX:
                return False
            self.credit += n
        return True

    # Closing

    def close(self, code):
        """The host's CHANNEL_CLOSE."""
        if self.state == _CLOSE_SENT:
            self.device.forget(self)
        elif self.state == _OPEN:
            self.state = _DRAINING
            if self.unfinished and self.kept:
                self.sizes.pop()
            self.unfinished = False
            if code != _ERROR_NONE or not self.sizes:
                self.answer_close()
            else:
                self.watch(self.mask & ~POLLIN)

    def _lost(self, reason):
        self.free()
        self.state = _CLOSE_SENT
        self.say_close(reason)

    def broken(self, e):
        """An exception that nobody expected ends this channel, not the device."""
        reason = self.reason(e)
        if self.state == _OPEN:
            self._lost(reason)
        elif self.state == _DRAINING:
            self.answer_close(reason)

    def free(self):
        super().free()
        self._sent()
        if self.held:
            self.held.clear()
            self.sizes = ()
        self._return()
        self.device.store.give_back(self.own)
        self.own = self.room = 0
        self.deadline = self.quiet = self.since = None


def _udp_bind(device, request, args):
    arguments(device, args, 5, DATAGRAM)
    number, address, port, credit, options = args[:5]
    check(address is None or is_address(address), "address")
    check(is_int(port, 0, 65535), "port")
    channel = device.channels[number] = UdpChannel(device, number, credit, options)
    request.cancel = channel.cancel
    request.done(channel.open(address or bytes(4), port))


OPERATIONS[_OP_UDP_BIND] = _udp_bind
