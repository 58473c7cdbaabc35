"""Listeners with TLS on the device, and the request for one (PROTOCOL.md, section 8)."""

from select import POLLIN, POLLOUT
from time import ticks_add, ticks_diff
from micropython import const

from . import blobs, tls
from .channel import Channel
from .failure import check
from .listener import Listener
from .sockets import OPERATIONS, listen
from .tlschannel import TlsChannel

_OP_TLS_LISTEN = const(21)

_ACCEPT_MS = const(10000)  # for the handshake of a client
_HANDSHAKES = const(4)  # of clients at the same time, of all listeners: each takes some 30 KB on a board


class Accepting(Channel):
    """A connection that has come in and is not announced yet; it has the number that it will be announced with."""

    remote = None  # address and port

    def __init__(self, listener, number, sock):
        super().__init__(listener.device, number)
        self.listener = listener
        self.sock = sock

    def raw(self):
        return getattr(self.sock, "raw", self.sock)

    def begin(self):
        self.sock = tls.Stream(self.listener.context, self.sock, True)
        self.deadline = ticks_add(self.device.link.now, _ACCEPT_MS)
        self.watch(POLLIN)

    def event(self, event):
        if not self.sock.handshake():
            self.watch(POLLIN | POLLOUT if self.sock.wire.full else POLLIN)
            return
        device = self.device
        listener = self.listener
        channel = TlsChannel(device, self.number, self.sock, listener.first)
        channel.take_over(self)
        self.sock = None
        try:
            listener.announce(channel, self.remote)
        except Exception as e:
            device.trouble(e)
            channel.release()
            device.forget(channel)
            device.counted["refused"] += 1
        listener.over()

    def tick(self, now):
        if ticks_diff(now, self.deadline) >= 0:
            self.broken(None)

    def broken(self, e):
        """The handshake has failed."""
        self.cancel()
        self.device.counted["refused"] += 1
        self.listener.over()


class TlsListener(Listener):
    """Announces connections once their handshake is done. Each has taken one of the credit until then."""

    def __init__(self, context, *args):
        super().__init__(*args)
        self.context = context

    def _busy(self):
        channels = self.device.channels.values()
        return sum(1 for c in channels if isinstance(c, Accepting)) >= _HANDSHAKES

    def resume(self):
        if self._busy():
            self.watch(0)  # over() resumes us
        else:
            super().resume()

    def event(self, event):
        if self._busy():
            self.resume()
        else:
            super().event(event)

    def channel(self, number, sock):
        return Accepting(self, number, sock)

    def accepted(self, channel, remote):
        channel.remote = remote
        self.credit -= 1

    def announce(self, channel, remote):
        super().accepted(channel, remote)

    def over(self):
        """A handshake has come to its end: announced or not, its credit is reckoned elsewhere from now on."""
        self.credit += 1
        for other in self.device.channels.values():
            other.resume()

    def free(self):
        super().free()
        for other in list(self.device.channels.values()):
            if isinstance(other, Accepting) and other.listener is self:
                other.release()
                self.device.forget(other)


def tls_listen(device, request, args):
    check(len(args) > 5 and isinstance(args[5], dict), "options")
    certificate, key = blobs.take(device.blobs, args[5], ("certificate", "key"))
    check(certificate, "certificate")
    check(key, "key")
    listen(device, request, args, lambda *a: TlsListener(tls.server(certificate, key), *a))


OPERATIONS[_OP_TLS_LISTEN] = tls_listen
