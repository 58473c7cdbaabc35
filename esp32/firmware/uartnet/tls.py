"""TLS between a channel and its socket (PROTOCOL.md, section 8): a stream in the socket's place, and its handshake.

What MicroPython's `tls` (mbedtls; 1.24 to 1.26 are alike) leaves open, and what is done about it here:

- It has no call for the handshake alone, nor one that tells that it is over: reading drives it, and one_record() lets
  nothing that stands behind it be read meanwhile.
- Its reads go on until the buffer is full, and lose what they have when an error follows: so a read takes one record.
- The peer's FIN without close_notify looks like its close_notify: so Wire makes an error of the FIN.
- A write that would block has to be repeated with the same bytes: so Stream keeps how many they were.
- After a failed write it reads no more, though the peer's last bytes may be there: so Wire keeps the failure to itself.
- It never sends close_notify, and no board can: there the peer sees a FIN alone. The unix port says it through mbedtls itself.
"""

import errno
import gc
import io
import sys
import tls
import machine
from time import gmtime, localtime
from micropython import const

try:
    from mbedtls import close_notify  # of unix/standin
except ImportError:
    close_notify = None

from . import failure
from .failure import Failure

_ERROR_BAD_REQUEST = const(2)
_ERROR_NO_RESOURCES = const(6)
_ERROR_TLS = const(40)
_ERROR_CERTIFICATE = const(41)

_CHANGE_CIPHER_SPEC = const(20)  # types of records (RFC 5246, section 6.2.1)
_APPLICATION_DATA = const(23)
_RECORDS = const(8)  # of a handshake in one go: a peer that sends without end is not to hold up the others

_CONTEXT_BYTES = const(1900)  # in one piece; as main.py reserves it
_SOCKET_BYTES = const(700)
_CONNECTIONS = const(2)
_FREE_BYTES = const(3000)  # beside that, for all others
_FREE_BYTES_64 = const(8000)  # with 64 bits, where the connection itself takes more than is held for it
_SPARE_BYTES = const(6000)  # with less, no more is held
_TOO_LITTLE = "too little memory for one more TLS connection"

_byte = bytearray(1)
# Held for contexts and connections: a heap that has seen many sockets has room enough, but nowhere so much in one piece.
_contexts = []
_sockets = []


class Wire(io.IOBase):
    """The socket as mbedtls sees it. Raises nothing: an exception would pass through mbedtls."""

    def __init__(self, sock):
        self.sock = sock
        self.head = b""  # of the record that is being read
        self.left = 0  # bytes of its body still to come
        self.kind = 0  # its type
        self.whole = False  # it has been read: no more until one_record()
        self.full = False  # the network does not take all at the moment
        self.failed = 0  # errno of writing
        self.changed = 0  # 1: the peer's CHANGE_CIPHER_SPEC has come; 2: then ours has gone

    def one_record(self):
        self.whole = False

    def readinto(self, buf):
        if self.whole:
            return None
        try:
            n = self.sock.readinto(buf)
        except OSError as e:
            return -e.errno
        if n is None:
            return None
        if not n:
            return -errno.ECONNRESET
        if self.left:
            self.left -= n
        else:
            head = self.head = self.head + bytes(buf[:n])
            if len(head) < 5:
                return n
            self.kind = head[0]
            self.left = head[3] << 8 | head[4]
            self.head = b""
            if self.kind == _CHANGE_CIPHER_SPEC and not self.changed:
                self.changed = 1
        self.whole = not self.left
        return n

    def write(self, buf):
        try:
            n = self.sock.write(buf)
        except OSError as e:
            self.failed = e.errno
            return None
        self.full = n is None or n < len(buf)
        if self.changed == 1 and n and buf[0] == _CHANGE_CIPHER_SPEC:
            self.changed = 2
        return n

    def ioctl(self, request, arg):
        return 0


class Stream:
    """A TLS connection in its socket's place."""

    pending = 0  # bytes of a write that is to be repeated
    filled = False  # the last read has taken as much as it could

    def __init__(self, context, sock, server, name=None):
        _room(_sockets)
        self.raw = sock
        self.context = context
        self.server = server
        self.wire = Wire(sock)
        try:
            self.tls = context.wrap_socket(self.wire, server_side=server, do_handshake_on_connect=False, server_hostname=name)
        except Exception as e:
            raise _reason(e)

    def handshake(self):
        """Goes on as far as the peer lets it; True once the handshake is done."""
        wire = self.wire
        for _ in range(_RECORDS):
            wire.one_record()
            try:
                ended = self.tls.readinto(_byte) is not None
            except Exception as e:
                raise _reason(e)
            if ended or wire.failed:
                raise _reason(OSError(wire.failed or errno.ECONNRESET))
            if self._done():
                return True
            if not wire.whole:
                break
        return False

    def _done(self):
        if self.server:
            # TLS 1.3: the client's last word, its first record that is not plain. 1.2: our CHANGE_CIPHER_SPEC after the client's.
            return self.wire.kind == _APPLICATION_DATA or self.wire.changed == 2
        try:
            return self.tls.getpeercert(True) is not None  # known from the end of the handshake on
        except MemoryError:
            return True  # there is one

    def readinto(self, buf, n):
        got = None
        if self.filled:  # more of that record may be left
            got = self.tls.readinto(buf, n)
        if got is None:
            self.wire.one_record()
            got = self.tls.readinto(buf, n)
        self.filled = got == n
        return got

    def write(self, buf, start, n):
        # What is pending stands at the beginning of what has to be written.
        n = self.pending or n
        done = self.tls.write(buf, start, n) or 0
        self.pending = n - done
        if self.wire.failed:
            raise OSError(self.wire.failed)
        return done

    def notify(self):
        """Tells the peer that no more comes, where that can be said; False if the network does not take it now."""
        return not close_notify or close_notify(self.tls, self.wire) or bool(self.wire.failed)

    def close(self):
        self.tls.close()
        self.raw.close()
        if not self.server:
            self.context.__del__()  # nobody else's: mbedtls's memory is not the heap's, which does not know that it gets short


def _reason(e):
    """Why a handshake has failed."""
    if isinstance(e, ValueError):  # all that is wrong with a certificate, a line each
        text = "; ".join(str(e).strip().split("\n"))
        if "validity" in text:  # a board's clock is wrong until somebody sets it
            text += " (the device's clock says %d-%02d-%02d)" % localtime()[:3]
        return Failure(_ERROR_CERTIFICATE, text)
    if isinstance(e, MemoryError):
        return Failure(_ERROR_NO_RESOURCES, _TOO_LITTLE)
    if not isinstance(e, OSError):
        return failure.of(e)
    n = e.errno
    text = e.args[1] if len(e.args) > 1 else ""
    # ENOMEM, and the ends of mbedtls's numbers that look like an errno: of big numbers, of ASN.1, of PSA
    if n in (12, 16, 106, 141) or "alloc" in text.lower():
        return Failure(_ERROR_NO_RESOURCES, _TOO_LITTLE, n)
    if n > 0:
        return Failure(_ERROR_TLS, "the peer closed the connection during the TLS handshake", n)
    code = _ERROR_CERTIFICATE if -0x3000 < n <= -0x2080 else _ERROR_TLS  # X509 - …
    return Failure(code, "TLS handshake failed: " + (text or "-0x%04x" % -n), n)


def take(pieces):
    """Holds what of these pieces is for connections."""
    for piece in pieces:
        if len(piece) == _CONTEXT_BYTES:
            _contexts.append(piece)
        elif len(piece) == _SOCKET_BYTES:
            _sockets.append(piece)


def hold():
    """Holds memory for some connections, as much as there should be and is."""
    gc.collect()
    try:
        for held, size in ((_contexts, _CONTEXT_BYTES), (_sockets, _SOCKET_BYTES)):
            while len(held) < _CONNECTIONS and (not held or gc.mem_free() > _SPARE_BYTES):
                held.append(bytearray(size))
    except MemoryError:
        pass


def _room(held):
    """Makes room for what these pieces are held for."""
    hold()
    if gc.mem_free() < (_FREE_BYTES if sys.maxsize < 1 << 32 else _FREE_BYTES_64):
        raise Failure(_ERROR_NO_RESOURCES, _TOO_LITTLE)
    if held:
        del held[-1]  # not pop(): what it returns may stand on the stack still, where the collector finds it
        gc.collect()


def _context(protocol):
    _room(_contexts)
    try:
        return tls.SSLContext(protocol)
    except MemoryError:
        raise Failure(_ERROR_NO_RESOURCES, _TOO_LITTLE)


def set_clock(seconds):
    """Sets a clock that nobody has set yet to these seconds since 1970; mbedtls compares certificates with it."""
    if localtime()[0] < 2025 and hasattr(machine, "RTC"):
        if gmtime(0)[0] == 2000:
            seconds -= 946684800  # where a board's seconds begin
        year, month, day, hour, minute, second, weekday = gmtime(seconds)[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))


def client(ca):
    """The context of a connection that verifies its peer with this CA, or with None not at all."""
    context = _context(tls.PROTOCOL_TLS_CLIENT)
    if ca:
        _load("ca", context.load_verify_locations, ca)
    else:
        context.verify_mode = tls.CERT_NONE
    return context


def server(certificate, key):
    """The context of connections that come in."""
    context = _context(tls.PROTOCOL_TLS_SERVER)
    _load("certificate", context.load_cert_chain, certificate, key)
    return context


def _load(option, load, *data):
    try:
        load(*data)
    except ValueError as e:
        raise Failure(_ERROR_BAD_REQUEST, "%s: %s" % ("key" if "key" in str(e) else option, e))
    except OSError as e:
        raise _reason(e)
