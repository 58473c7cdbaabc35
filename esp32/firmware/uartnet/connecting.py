"""A channel until its connection is there: names, addresses in turn, time (PROTOCOL.md, section 9: OPENING)."""

import errno
import socket
from time import ticks_add, ticks_diff
from select import POLLERR, POLLHUP, POLLIN, POLLOUT
from micropython import const

from . import dns, failure
from .channel import Channel
from .failure import Failure
from .tcp import TcpChannel

_ERROR_CONNECTION_REFUSED = const(17)
_ERROR_CONNECTION_RESET = const(18)
_ERROR_ADDRESS_NOT_AVAILABLE = const(25)
_ERROR_TIMED_OUT = const(20)
_CONNECT_MS = const(30000)


def waits(e):
    """True if an OSError only says that it takes time."""
    return e.errno == errno.EINPROGRESS or e.errno == errno.EAGAIN or e.errno == errno.EALREADY


class Connecting(Channel):
    """Answers the request with the TcpChannel that takes its place, or with why there is none.

    begin() -> resolved() -> connected() -> opened(); what stands between the last two is the business of subclasses.
    """

    query = None  # the resolver's
    address = None  # the one that is being tried

    def __init__(self, device, number, credit, options, request):
        super().__init__(device, number)
        self.credit = credit
        self.options = options
        self.request = request
        request.cancel = self.cancel

    def begin(self, host, port):
        self.port = port
        if isinstance(host, bytes):
            self.resolved((host,))
        else:
            self.query = self.device.resolver.resolve(host, 0, self.device.link.now, self.resolved, self.failed)

    def resolved(self, addresses):
        self.query = None
        self.addresses = list(addresses)
        self._next(Failure(_ERROR_CONNECTION_REFUSED, "no address to connect to"))

    def _next(self, reason):
        """Tries the next address; reason is why the one before it did not do."""
        options = self.options
        while self.addresses:
            self.address = self.addresses.pop(0)
            try:
                info = socket.getaddrinfo(dns.text(self.address), self.port, 0, socket.SOCK_STREAM)[0]
                if "local_port" in options or "local_address" in options:
                    local = options.get("local_address") or bytes(len(self.address))
                    if len(local) != len(self.address):
                        raise Failure(_ERROR_ADDRESS_NOT_AVAILABLE, "local address of another family than " + dns.text(self.address))
                    self.bind(socket.SOCK_STREAM, local, options.get("local_port", 0))
                else:
                    self.sock = socket.socket(info[0], socket.SOCK_STREAM)
                    self.sock.setblocking(False)
                    self.device.board.set_options(self.sock, options)
                self.deadline = ticks_add(self.device.link.now, options.get("connect_timeout_ms", _CONNECT_MS))
                try:
                    self.sock.connect(info[-1])
                except OSError as e:
                    if not waits(e):
                        raise
                self.watch(POLLOUT)
                return
            except Exception as e:
                reason = self.reason(e)
                self.free()
        self.failed(reason)

    def reason(self, e):
        reason = super().reason(e)
        if reason.code == _ERROR_CONNECTION_RESET and self.device.board.platform != "linux":  # lwIP has one word for both
            return Failure(_ERROR_CONNECTION_REFUSED, "connection refused", reason.errno)
        return reason

    def event(self, event):
        if event & (POLLERR | POLLHUP):
            try:
                self.sock.recv(0)
            except OSError as e:
                if not waits(e):
                    reason = self.reason(e)
                    self.free()
                    self._next(reason)
                    return
        self.connected()

    def connected(self):
        """The connection is up; bytes may pass."""
        self.opened(TcpChannel(self.device, self.number, self.sock, self.credit))

    def opened(self, channel):
        """Hands over to the channel that serves the connection from now on."""
        device = self.device
        local, port = device.board.local_address(self.raw())
        channel.take_over(self)
        self.sock = None
        self.request.done((local, port, self.address, self.port, channel.grant))

    def tick(self, now):
        if self.deadline is not None and ticks_diff(now, self.deadline) >= 0:
            self.deadline = None
            self.free()
            self._next(self.reason(Failure(_ERROR_TIMED_OUT, "connect timed out: " + dns.text(self.address))))

    def cancel(self):
        if self.query:
            self.device.resolver.cancel(self.query)
        super().cancel()

    def failed(self, reason):
        """Also what the resolver calls: its query is over then."""
        self.query = None
        self.cancel()
        self.request.fail(reason)

    def broken(self, e):
        """An exception that nobody expected ends this channel, not the device."""
        self.failed(failure.of(e))
