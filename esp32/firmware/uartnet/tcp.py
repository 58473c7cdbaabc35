"""TCP client channels: sockets that never block, and no byte more than the other side has allowed (section 9)."""

import errno
import socket
from time import ticks_add, ticks_diff
from select import POLLERR, POLLHUP, POLLIN, POLLOUT
from micropython import const

from . import dns, failure
from .failure import Failure
from .link import BODY
from .store import Held

_KIND_CHANNEL_DATA = const(16)
_KIND_CHANNEL_CREDIT = const(17)
_KIND_CHANNEL_EOF = const(18)
_KIND_CHANNEL_CLOSE = const(19)
_ERROR_NONE = const(0)
_ERROR_CREDIT_EXCEEDED = const(9)
_ERROR_CONNECTION_REFUSED = const(17)
_ERROR_CONNECTION_RESET = const(18)
_ERROR_TIMED_OUT = const(20)
_LIMIT_CREDIT_BYTES_MAX = const(16777216)

_CONNECT_MS = const(30000)
_DRAIN_MS = const(30000)  # to write what a closed channel still holds

# A channel's states; both directions of an OPEN one have flags of their own.
_OPENING = const(0)
_OPEN = const(1)
_DRAINING = const(2)  # the host has closed: what we hold goes to the network first (CLOSE_RECEIVED)
_CLOSE_SENT = const(3)


def _wait(e):
    return e.errno == errno.EINPROGRESS or e.errno == errno.EAGAIN or e.errno == errno.EALREADY


class TcpChannel:
    """One connection. `device` has the link, the poll sets, the store and the table of channels."""

    def __init__(self, device, number, credit, options):
        self.device = device
        self.number = number
        self.options = options
        self.state = _OPENING
        self.sock = None
        self.mask = 0  # what the poll sets look for
        self.ready = False  # stands in the device's queue of readable channels
        self.credit = credit  # bytes that we may send to the host
        self.grant = 0  # bytes that we hold for the host at most
        self.left = 0  # of these, what the host may send still
        self.owed = 0  # taken by the network, not yet given back to the host
        self.held = Held(device.store)  # what the network has not taken yet
        self.host_eof = False
        self.network_eof = False
        self.failure = None  # writing has failed; said when all that had come before it has been read
        self.deadline = None

    # Opening

    def connect(self, addresses, port, done, failed):
        self.addresses = list(addresses)
        self.port = port
        self.done = done
        self.failed = failed
        self._next(Failure(_ERROR_CONNECTION_REFUSED, "no address to connect to"))

    def _next(self, reason):
        """Tries the next address; reason is why the one before it did not do."""
        while self.addresses:
            self.address = self.addresses.pop(0)
            try:
                info = socket.getaddrinfo(dns.text(self.address), self.port, 0, socket.SOCK_STREAM)[0]
                self.sock = socket.socket(info[0], socket.SOCK_STREAM)
                self.sock.setblocking(False)
                self.device.board.set_options(self.sock, self.options)
                self.deadline = ticks_add(self.device.link.now, self.options.get("connect_timeout_ms", _CONNECT_MS))
                try:
                    self.sock.connect(info[-1])
                except OSError as e:
                    if not _wait(e):
                        raise
                self._watch(POLLOUT)
                return
            except Exception as e:
                reason = self._reason(e)
                self._release()
        self.device.forget(self)
        self.failed(reason)

    def _reason(self, e):
        reason = failure.of(e)
        if reason.code == _ERROR_CONNECTION_RESET:  # lwIP's word for a refusal
            return Failure(_ERROR_CONNECTION_REFUSED, "connection refused", reason.errno)
        return reason

    def _connected(self, event):
        if event & (POLLERR | POLLHUP):
            try:
                self.sock.recv(0)
            except OSError as e:
                if not _wait(e):
                    reason = self._reason(e)
                    self._release()
                    self._next(reason)
                    return
        self.deadline = None
        self.state = _OPEN
        self.grant = self.left = self.device.store.grant()
        local, port = self.device.board.local_address(self.sock)
        done = self.done
        self.done = self.failed = self.addresses = None
        self._watch(POLLIN if self.credit else 0)
        done((local, port, self.address, self.port, self.grant))

    def cancel(self):
        """Gives up opening."""
        self._release()
        self.device.forget(self)

    # What the poll sets say

    def event(self, event):
        if self.state == _OPENING:
            self._connected(event)
            return
        if event & POLLOUT and self.held.size:
            self._drain()
        if self.sock and event & (POLLIN | POLLERR | POLLHUP):
            if self.state == _OPEN and self.mask & POLLIN:
                if not self.ready:
                    self.ready = True
                    self.device.readable.append(self)
            elif not event & POLLOUT:
                # Broken, and writing is all that we wait for: find out why.
                self._drain()

    def tick(self, now):
        if self.deadline is not None and ticks_diff(now, self.deadline) >= 0:
            self.deadline = None
            if self.state == _OPENING:
                self._release()
                self._next(Failure(_ERROR_TIMED_OUT, "connect timed out: " + dns.text(self.address)))
            elif self.state == _DRAINING:
                self._answer_close(Failure(_ERROR_TIMED_OUT, "the peer did not take the last bytes in time"))

    # From the network to the host

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
            self._lost(failure.of(e))
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
            self._watch(self.mask & ~POLLIN)
            return False
        return got == n

    def _network_eof(self):
        self.network_eof = True
        self._watch(self.mask & ~POLLIN)
        if self.failure:
            self._lost(self.failure)
            return
        self._say((_KIND_CHANNEL_EOF, self.number))
        if self.host_eof and not self.held.size:
            self._finish()

    # From the host to the network

    def data(self, view):
        """Bytes from the host: straight into the socket, what it does not take is kept."""
        if self.state != _OPEN:
            return  # in flight when we closed
        n = len(view)
        if n > self.left or self.host_eof:
            self._lost(Failure(_ERROR_CREDIT_EXCEEDED, "%d bytes, %d were allowed" % (n, self.left)))
            return
        self.left -= n
        if self.failure:
            return
        if not self.held.size:
            try:
                taken = self.sock.write(view) or 0
            except OSError as e:
                self._write_failed(failure.of(e))
                return
            if taken:
                self._taken(taken)
            if taken == n:
                return
            view = view[taken:]
        self.held.add(view)
        self._watch(self.mask | POLLOUT)

    def _drain(self):
        held = self.held
        try:
            body = self.device.link.body  # free: nothing is being written between two messages
            while held.size:
                taken = self.sock.write(body[: held.first(body)])
                if not taken:
                    return
                held.drop(taken)
                self._taken(taken)
        except OSError as e:
            self._write_failed(failure.of(e))
            return
        self._watch(self.mask & ~POLLOUT)
        if self.state == _DRAINING:
            self._answer_close()
        elif self.host_eof:
            self._shut()

    def _taken(self, n):
        self.owed += n
        if self.owed * 4 >= self.grant and self.state == _OPEN and not self.host_eof:
            self.left += self.owed
            self._say((_KIND_CHANNEL_CREDIT, self.number, self.owed))
            self.owed = 0

    def _write_failed(self, reason):
        self.held.clear()
        if self.state == _DRAINING:
            self._answer_close(reason)
        elif self.network_eof:
            self._lost(reason)
        else:
            # What the peer sent before it went away is still to be read, and stands before the failure.
            self.failure = reason
            self._watch(POLLIN if self.credit else 0)

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
            self.device.board.shut_output(self.sock)
        except OSError as e:
            self._write_failed(failure.of(e))

    # Both

    def more(self, n):
        """The host allows n bytes more; False if that is more than the protocol has."""
        if self.state == _OPEN:
            if self.credit + n > _LIMIT_CREDIT_BYTES_MAX:
                return False
            self.credit += n
            if n and not self.network_eof:
                self._watch(self.mask | POLLIN)
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
                self.device.board.set_reset(self.sock)
            if self.held.size:
                self.deadline = ticks_add(self.device.link.now, _DRAIN_MS)
                self._watch(POLLOUT)
            else:
                self._answer_close()

    def _answer_close(self, reason=None):
        """Answers the host's CHANNEL_CLOSE; with a reason, bytes that we held are lost."""
        if reason:
            self.device.board.set_reset(self.sock)
        self._release()
        if reason:
            self.device.link.report(_KIND_CHANNEL_CLOSE, self.number, reason)
        else:
            self._say((_KIND_CHANNEL_CLOSE, self.number, _ERROR_NONE, "", None))
        self.device.forget(self)

    def _finish(self):
        """Both directions have ended in order."""
        self._release()
        self.state = _CLOSE_SENT
        self._say((_KIND_CHANNEL_CLOSE, self.number, _ERROR_NONE, "", None))

    def _lost(self, reason):
        """The connection is of no use any more."""
        if self.failure:
            reason = self.failure
        if reason.code == _ERROR_CREDIT_EXCEEDED:
            self.device.board.set_reset(self.sock)
        self._release()
        self.state = _CLOSE_SENT
        self.device.link.report(_KIND_CHANNEL_CLOSE, self.number, reason)

    def broken(self, e):
        """An exception that nobody expected ends this channel, not the device."""
        reason = failure.of(e)
        if self.state == _OPENING:
            self._release()
            self.device.forget(self)
            if self.failed:
                self.failed(reason)
        elif self.state == _OPEN:
            self._lost(reason)
        elif self.state == _DRAINING:
            self._answer_close(reason)

    def release(self):
        """The session is over: a reset, so that the peer does not take what it has for the whole."""
        if self.sock:
            self.device.board.set_reset(self.sock)
        self._release()

    def _release(self):
        self._watch(0)
        self.held.clear()
        if self.sock:
            self.sock.close()
            self.sock = None
        self.device.store.give_back(self.grant)
        self.grant = 0

    def _watch(self, mask):
        if mask != self.mask:
            self.device.watch(self, mask)
            self.mask = mask

    def _say(self, message):
        link = self.device.link
        link.begin().put(message)
        link.commit()
