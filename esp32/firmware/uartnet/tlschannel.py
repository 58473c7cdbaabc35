"""Connections with TLS on the device, and the request for one (PROTOCOL.md, section 8)."""

from select import POLLIN, POLLOUT
from time import ticks_add, ticks_diff
from micropython import const

from . import blobs, tls
from .connecting import Connecting
from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS, connect
from .tcp import TcpChannel

_OP_TLS_CONNECT = const(20)
_ERROR_BAD_REQUEST = const(2)
_ERROR_TIMED_OUT = const(20)
_ERROR_TLS = const(40)

_DRAIN_MS = const(30000)  # for a close_notify that the network does not take
_NAME_BYTES = const(255)  # what mbedtls takes


class TlsChannel(TcpChannel):
    """One open TLS connection. Its end is told to the peer before the socket's: _notified()."""

    eager = True
    told = False  # close_notify has gone, or is not to go
    again = None  # what waits until it can go

    def raw(self):
        return self.sock.raw

    def reason(self, e):
        n = e.errno if isinstance(e, OSError) else 0
        if n <= -256:
            return Failure(_ERROR_TLS, "TLS failed: " + (e.args[1] if len(e.args) > 1 else "-0x%04x" % -n), n)
        return super().reason(OSError(-n) if n < 0 else e)  # the socket's own have passed through mbedtls

    def event(self, event):
        again = self.again
        if again and event & POLLOUT:
            self.again = None
            self.watch(self.mask & ~POLLOUT)
            again()
        if self.sock:
            super().event(event)

    def _notified(self, then):
        """True if the peer has been told that no more comes from us; else `then` is called again when there is room for that."""
        if not self.told and not self.failure:
            self.told = self.sock.notify()
            if not self.told:
                self.again = then
                self.watch(self.mask | POLLOUT)
                return False
        return True

    def _shut(self):
        # A FIN alone would look like the end of something cut short: without close_notify it waits for the peer's end.
        if self._notified(self._shut) and (self.network_eof or tls.close_notify):
            super()._shut()

    def _finish(self):
        if self._notified(self._finish):
            super()._finish()

    def close(self, code):
        if code:
            self.told = True  # what is cut short must not look whole
        super().close(code)

    def answer_close(self, reason=None):
        if reason or self._notified(self.answer_close):
            super().answer_close(reason)
        elif self.deadline is None:
            self.deadline = ticks_add(self.device.link.now, _DRAIN_MS)


class TlsConnecting(Connecting):
    """Connecting, and then the handshake in what is left of the time."""

    def __init__(self, ca, name, *args):
        super().__init__(*args)
        self.name = name
        self.context = tls.client(ca)

    def raw(self):
        return getattr(self.sock, "raw", self.sock)

    def event(self, event):
        if isinstance(self.sock, tls.Stream):
            self._go_on()
        else:
            super().event(event)

    def connected(self):
        self.sock = tls.Stream(self.context, self.sock, False, self.name)
        self._go_on()

    def _go_on(self):
        if self.sock.handshake():
            self.opened(TlsChannel(self.device, self.number, self.sock, self.credit))
        else:
            self.watch(POLLIN | POLLOUT if self.sock.wire.full else POLLIN)

    def tick(self, now):
        if isinstance(self.sock, tls.Stream):
            if ticks_diff(now, self.deadline) >= 0:
                self.failed(Failure(_ERROR_TIMED_OUT, "the TLS handshake timed out"))
        else:
            super().tick(now)


def tls_connect(device, request, args):
    name = args[1] if len(args) > 1 and isinstance(args[1], str) else None
    ca = None
    if len(args) > 4 and isinstance(args[4], dict):
        options = args[4]
        (ca,) = blobs.take(device.blobs, options, ("ca",))
        name = options.pop("server_name", name)
        verify = options.pop("verify", True)
        now = options.pop("time", None)
        check(name is None or isinstance(name, str) and 0 < len(name.encode()) <= _NAME_BYTES, "server_name")
        check(isinstance(verify, bool), "verify")
        check(now is None or is_int(now, 0, 0xFFFFFFFF), "time")
        if now is not None:
            tls.set_clock(now)
        if not verify:
            ca = None
        elif not ca:
            raise Failure(_ERROR_BAD_REQUEST, "ca: nothing to verify with; the device has no CAs of its own")
        elif not name:
            raise Failure(_ERROR_BAD_REQUEST, "server_name: an address needs one to verify")
        if name and name.endswith("."):
            name = name[:-1]
    connect(device, request, args, lambda *a: TlsConnecting(ca, name, *a))


OPERATIONS[_OP_TLS_CONNECT] = tls_connect
