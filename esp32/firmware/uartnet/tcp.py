"""Open TCP connections: sockets that never block, and no byte more than the other side has allowed (section 9)."""

from time import ticks_add, ticks_diff
from select import POLLERR, POLLHUP, POLLIN, POLLOUT
from micropython import const

from .channel import Channel
from .failure import Failure
from .link import BODY
from .store import Held

_KIND_CHANNEL_DATA = const(16)
_KIND_CHANNEL_CREDIT = const(17)
_KIND_CHANNEL_EOF = const(18)
_ERROR_NONE = const(0)
_ERROR_CREDIT_EXCEEDED = const(9)
_ERROR_TIMED_OUT = const(20)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)

_DRAIN_MS = const(30000)  # to write what a closed channel still holds
_DISCARDS = const(16)  # frames' worth, of what a peer has sent that nobody wants any more

# A connection's states; both directions of an OPEN one have flags of their own.
_OPEN = const(1)
_DRAINING = const(2)  # the host has closed: what we hold goes to the network first (CLOSE_RECEIVED)
_CLOSE_SENT = const(3)


class TcpChannel(Channel):
    """One open connection. Its owner has it in the device's tables once take_over() is done."""

    kind = 1  # CONNECTION
    state = _OPEN
    cut = False  # the host has closed with a code: the peer is to see a reset
    grant = 0  # bytes that we hold for the host at most
    left = 0  # of these, what the host may send still
    owed = 0  # taken by the network, not yet given back to the host
    host_eof = False
    network_eof = False
    failure = None  # writing has failed; said when all that had come before it has been read
    eager = False  # True where bytes may be there to read without an event: a socket that has buffers of its own

    def __init__(self, device, number, sock, credit):
        super().__init__(device, number)
        self.sock = sock
        self.credit = credit  # bytes that we may send to the host
        self.held = Held(device.store)  # what the network has not taken yet

    def take_over(self, before):
        """Takes the place of another channel with the same socket, and begins."""
        device = self.device
        self.options = before.options
        self.mask = before.mask
        device.by_socket[self.raw()] = self
        device.channels[self.number] = self
        self.begin()

    def begin(self):
        self.grant = self.left = self.device.store.grant()
        self.watch(POLLIN if self.credit else 0)

    # What the poll sets say

    def event(self, event):
        if event & POLLOUT and self.held.size:
            self._drain()
        if self.sock and event & (POLLIN | POLLERR | POLLHUP):
            if self.state == _OPEN and self.mask & POLLIN:
                self.readable()
            elif not event & POLLOUT:
                # Broken, and writing is all that we wait for: find out why.
                self._drain()

    def readable(self):
        if not self.ready:
            self.ready = True
            self.device.readable.append(self)

    def tick(self, now):
        if self.deadline is not None and ticks_diff(now, self.deadline) >= 0:
            self.deadline = None
            if self.state == _DRAINING:
                self.answer_close(Failure(_ERROR_TIMED_OUT, "the peer did not take the last bytes in time"))

    # From the network to the host

    @micropython.native
    def serve(self):
        """Reads once from the socket into a DATA frame. True if there may be more to read at once."""
        link = self.device.link
        number = self.number
        n = link.payload_size() - (6 if number < 128 else 8)
        if n > self.credit:
            n = self.credit
        if n <= 0 or self.state != _OPEN or self.network_eof:
            return False
        try:
            got = self.sock.readinto(link.body, n)
        except OSError as e:
            self._lost(self.reason(e))
            return False
        if got is None:
            return False
        if not got:
            self._network_eof()
            return False
        out = link.out
        s = BODY
        if got < 256:
            out[s - 1] = got
            out[s - 2] = 0xC4
            s -= 2
        else:
            out[s - 1] = got & 255
            out[s - 2] = got >> 8
            out[s - 3] = 0xC5
            s -= 3
        if number < 128:
            s -= 1
            out[s] = number
        elif number < 256:
            s -= 2
            out[s] = 0xCC
            out[s + 1] = number
        else:
            s -= 3
            out[s] = 0xCD
            out[s + 1] = number >> 8
            out[s + 2] = number & 255
        s -= 2
        out[s] = 0x93
        out[s + 1] = _KIND_CHANNEL_DATA
        link.send(s, BODY + got)
        self.credit -= got
        if not self.credit:
            self.watch(self.mask & ~POLLIN)
            return False
        return got == n or self.eager

    def _network_eof(self):
        self.network_eof = True
        self.watch(self.mask & ~POLLIN)
        if self.failure:
            self._lost(self.failure)
            return
        self.say((_KIND_CHANNEL_EOF, self.number))
        if self.host_eof and not self.held.size:
            self._finish()

    # From the host to the network

    @micropython.native
    def data(self, buf, start, end):
        """Bytes from the host, buf[start:end]: straight into the socket, what it does not take is kept."""
        if self.state != _OPEN:
            return  # in flight when we closed
        n = end - start
        if n > self.left or self.host_eof:
            self._lost(Failure(_ERROR_CREDIT_EXCEEDED, "%d bytes, %d were allowed" % (n, self.left)))
            return
        self.left -= n
        if self.failure:
            return
        if not self.held.size:
            try:
                taken = self.sock.write(buf, start, n) or 0
            except OSError as e:
                self._write_failed(self.reason(e))
                return
            if taken:
                self._taken(taken)
            if taken == n:
                return
            start += taken
        self.held.add(buf, start, end)
        self.watch(self.mask | POLLOUT)

    def _drain(self):
        held = self.held
        try:
            body = self.device.link.body  # free: nothing is being written between two messages
            while held.size:
                taken = self.sock.write(body, 0, held.first(body))
                if not taken:
                    return
                held.drop(taken)
                self._taken(taken)
        except OSError as e:
            self._write_failed(self.reason(e))
            return
        self.watch(self.mask & ~POLLOUT)
        if self.state == _DRAINING:
            self.answer_close()
        elif self.host_eof:
            self._shut()

    def _taken(self, n):
        self.owed += n
        if self.owed * 4 >= self.grant and self.state == _OPEN and not self.host_eof:
            self.left += self.owed
            link = self.device.link
            w = link.begin()
            w.array(3)
            w.small(_KIND_CHANNEL_CREDIT)
            w.small(self.number)
            w.small(self.owed)
            link.commit()
            self.owed = 0

    def _write_failed(self, reason):
        self.held.clear()
        if self.state == _DRAINING:
            self.answer_close(reason)
        elif self.network_eof:
            self._lost(reason)
        else:
            # What the peer sent before it went away is still to be read, and stands before the failure.
            self.failure = reason
            self.watch(POLLIN if self.credit else 0)

    def eof(self):
        """The host sends no more."""
        if self.state == _OPEN and not self.host_eof:
            self.host_eof = True
            if not self.held.size:
                self._shut()

    def _shut(self):
        if self.failure:
            return
        if self.network_eof:
            self._finish()
            return
        try:
            self.device.board.shut_output(self.raw())
        except OSError as e:
            self._write_failed(self.reason(e))

    # Both

    def more(self, n):
        """The host allows n bytes more; False if that is more than the protocol has."""
        if self.state == _OPEN:
            if self.credit + n > _LIMIT_CREDIT_BYTES_MAX:
                return False
            self.credit += n
            if n and not self.network_eof:
                self.watch(self.mask | POLLIN)
                if self.eager:
                    self.readable()
        return True

    # Closing

    def close(self, code):
        """The host's CHANNEL_CLOSE."""
        if self.state == _CLOSE_SENT:
            self.device.forget(self)
        elif self.state == _OPEN:
            self.state = _DRAINING
            if code != _ERROR_NONE:
                self.held.clear()
                self.cut = True
                self.device.board.set_reset(self.raw())
            if self.held.size:
                self.deadline = ticks_add(self.device.link.now, _DRAIN_MS)
                self.watch(POLLOUT)
            else:
                self.answer_close()

    def answer_close(self, reason=None):
        if self.sock and not (reason or self.cut):
            self._end_in_order()
        super().answer_close(reason)

    def _end_in_order(self):
        """With something unread a close is a reset, which takes with it what has not gone yet."""
        raw = self.raw()
        try:
            self.device.board.shut_output(raw)
            for _ in range(_DISCARDS):
                if not raw.readinto(self.device.link.body):
                    break
        except OSError:
            pass

    def _finish(self):
        """Both directions have ended in order."""
        self.free()
        self.state = _CLOSE_SENT
        self.say_close()

    def _lost(self, reason):
        """The connection is of no use any more."""
        if self.failure:
            reason = self.failure
        if reason.code == _ERROR_CREDIT_EXCEEDED:
            self.device.board.set_reset(self.raw())
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
        self.held.clear()
        self.device.store.give_back(self.grant)
        self.grant = 0
