"""A plain network co-processor: what uartnet is measured against.

Written as such a program usually is: interpreted loops over bytes, a CRC-16 by a table, and one request at a time. It is correct on a
line that damages and loses bytes, and slow: the line stands still while a request is carried out and while its answer is awaited.

The protocol, byte by byte. Numbers are big-endian.

    frame     C0  body, escaped  C0        C0 in the body is sent as DB DC, DB as DB DD (SLIP, RFC 1055); empty frames mean nothing
    body      number  what ...  check      number: 1 byte; check: 2 bytes, CRC-16/CCITT-FALSE (polynomial 1021, initial FFFF, not
                                           reflected; "123456789" gives 29B1) of all before it in the body. 1,024 bytes at most
    request   number  operation ...        from the host
    answer    number  status ...           from the device; the number is that of the request

    operation                                   answer with status 0
    0 RESET                                     most (2): bytes of data that a SEND or an answer to RECV may have. Closes all sockets
    1 OPEN   port (2)  host name (UTF-8)        id (1): of a TCP connection that is open now
    2 SEND   id (1)  data                       count (2): bytes that the network has taken, at least 1 unless data is empty
    3 RECV   id (1)  max (2)  timeout ms (2)    data: what was there, up to max bytes; none: nothing came before the timeout
    4 CLOSE  id (1)                             nothing

    status    0: done;  1: the peer has ended its stream (RECV);  2: failed, followed by errno (2)

A host has one request under way. It begins with RESET, and gives each request the next number, 255 being followed by 0. It repeats a request
whose answer does not come in time, with the same number, and drops answers with another number: a request that has the number of
the one before it is not carried out again (but for RESET), its answer is sent again. A frame whose check is wrong is not answered.
"""

import machine
import os
import select
import socket
import sys
import time
from errno import EAGAIN, EBADF, EINVAL, EIO
from micropython import const

_END = const(0xC0)
_ESC = const(0xDB)
_ESC_END = const(0xDC)
_ESC_ESC = const(0xDD)
_BODY = const(1024)
_DATA = const(1018)  # what is left of a body beside number, operation, id and check, with one to spare

_RESET = const(0)
_OPEN = const(1)
_SEND = const(2)
_RECV = const(3)
_CLOSE = const(4)
_DONE = const(0)
_ENDED = const(1)
_FAILED = const(2)

_SEND_MS = const(10000)  # that a peer may take nothing
_LOOK_MS = const(100)


def _entry(value):
    for _ in range(8):
        value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


_TABLE = [_entry(i << 8) for i in range(256)]


def crc16(data, end):
    """CRC-16/CCITT-FALSE of data[:end]."""
    table = _TABLE
    crc = 0xFFFF
    for i in range(end):
        crc = (crc << 8 & 0xFF00) ^ table[crc >> 8 ^ data[i]]
    return crc


class Framing:
    """Bodies out of bytes, and bytes out of bodies."""

    def __init__(self):
        self.body = bytearray()
        self.escaped = False
        self.bad = False

    def decode(self, data):
        """The bodies that end in these bytes and are intact, without their checks."""
        found = []
        body = self.body
        for c in data:
            if c == _END:
                if len(body) > 2 and not self.bad and not self.escaped:
                    n = len(body) - 2
                    if crc16(body, n) == body[n] << 8 | body[n + 1]:
                        found.append(bytes(body[:n]))
                body = self.body = bytearray()
                self.escaped = self.bad = False
            elif self.escaped:
                self.escaped = False
                if c == _ESC_END:
                    body.append(_END)
                elif c == _ESC_ESC:
                    body.append(_ESC)
                else:
                    self.bad = True
            elif c == _ESC:
                self.escaped = True
            elif len(body) < _BODY:
                body.append(c)
            else:
                self.bad = True
        return found

    def encode(self, body):
        """The frame of a body that has no check yet."""
        crc = crc16(body, len(body))
        frame = bytearray()
        frame.append(_END)
        for c in body + bytes((crc >> 8, crc & 255)):
            if c == _END:
                frame.append(_ESC)
                frame.append(_ESC_END)
            elif c == _ESC:
                frame.append(_ESC)
                frame.append(_ESC_ESC)
            else:
                frame.append(c)
        frame.append(_END)
        return frame


class Sockets:
    """Carries out requests."""

    def __init__(self):
        self.open = {}

    def answer(self, request):
        """Status and result of a request without its number."""
        try:
            return self._run(request[0], request[1:])
        except IndexError:
            return self._failed(EINVAL)
        except OSError as e:
            return self._failed(e.errno or EIO)

    def _failed(self, code):
        return bytes((_FAILED, code >> 8 & 255, code & 255))

    def _run(self, operation, args):
        if operation == _RESET:
            for sock in self.open.values():
                sock.close()
            self.open = {}
            return bytes((_DONE, _DATA >> 8, _DATA & 255))
        if operation == _OPEN:
            return bytes((_DONE, self._connect(args[0] << 8 | args[1], str(args[2:], "utf-8"))))
        number = args[0]
        if operation == _CLOSE:
            sock = self.open.pop(number, None)
            if sock:
                sock.close()
            return bytes((_DONE,))
        sock = self.open.get(number)
        if not sock:
            return self._failed(EBADF)
        if operation == _SEND:
            n = self._send(sock, args[1:])
            return bytes((_DONE, n >> 8, n & 255))
        if operation == _RECV:
            data = self._receive(sock, min(args[1] << 8 | args[2], _DATA), args[3] << 8 | args[4])
            if data is None:
                return bytes((_DONE,))
            if not data:
                return bytes((_ENDED,))
            return bytes((_DONE,)) + data
        return self._failed(EINVAL)

    def _connect(self, port, host):
        number = 0
        while number in self.open:
            number += 1
        info = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
        sock = socket.socket(info[0], socket.SOCK_STREAM)
        try:
            sock.connect(info[-1])
        except OSError:
            sock.close()
            raise
        sock.setblocking(False)
        self.open[number] = sock
        return number

    def _wait(self, sock, mask, ms):
        waiting = select.poll()
        waiting.register(sock, mask)
        return waiting.poll(ms)

    def _send(self, sock, data):
        while True:
            n = sock.write(data)
            if n is not None:
                return n
            if not self._wait(sock, select.POLLOUT, _SEND_MS):
                raise OSError(EAGAIN)

    def _receive(self, sock, most, ms):
        """What there is; None after the timeout, nothing at the stream's end."""
        if most and self._wait(sock, select.POLLIN, ms):
            return sock.read(most)


class Proxy:
    def __init__(self, uart, stream):
        self.uart = uart
        self.readable = select.poll()
        self.readable.register(stream, select.POLLIN)
        self.writable = select.poll()
        self.writable.register(stream, select.POLLOUT)
        self.raw = bytearray(1024)
        self.framing = Framing()
        self.sockets = Sockets()
        self.last = None  # the request that was carried out last, and its answer as a frame
        self.said = None

    def run(self):
        chore = getattr(machine, "chore", None)
        at = time.ticks_ms()
        while True:
            if self.readable.poll(_LOOK_MS):
                n = self.uart.readinto(self.raw)
                if n == 0:
                    raise OSError(EIO)  # the line is gone
                for request in self.framing.decode(self.raw[: n or 0]):
                    self.serve(request)
            if chore and time.ticks_diff(time.ticks_ms(), at) >= 0:
                at = time.ticks_add(time.ticks_ms(), _LOOK_MS)
                chore()

    def serve(self, request):
        if len(request) < 2:
            return
        if request[0] != self.last or request[1] == _RESET:
            self.last = request[0]
            self.said = self.framing.encode(request[:1] + self.sockets.answer(request[1:]))
        self._write(self.said)

    def _write(self, frame):
        at = 0
        while at < len(frame):
            n = self.uart.write(frame[at:])
            if n:
                at += n
            else:
                self.writable.poll(_LOOK_MS)


def main():
    baud = 921600
    if sys.platform == "linux":
        import opening

        opening.line(sys.argv[1], sys.argv[2], os.getcwd())
        baud = int(os.getenv("UARTNET_BAUD") or baud)
    uart = machine.UART(0, baud, timeout=0)
    Proxy(uart, getattr(uart, "poll_object", uart)).run()


if __name__ == "__main__":
    try:
        main()
    except BaseException as e:
        if sys.platform != "linux":
            raise
        from leaving import leave

        leave(e)
