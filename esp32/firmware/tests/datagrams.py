"""UDP channels, and sockets of this process as their peers, for tests."""

import random
import socket
import check
from host import CLOSE, CREDIT, LOOPBACK, Bench
import uartnet.udp  # as the start does where there is room

EVENT, DATAGRAM, UDP_BIND = 8, 21, 18
DROPPED, FAILED = 4, 7
UNSUPPORTED, BAD_REQUEST, NOT_ALLOWED, NO_RESOURCES, CHANNEL_IN_USE, CREDIT_EXCEEDED = 1, 2, 5, 6, 7, 9
CONNECTION_ABORTED, TIMED_OUT, NETWORK_UNREACHABLE, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, MESSAGE_TOO_BIG = 19, 20, 22, 24, 25, 27
OVERHEAD = 24
LOOPBACK6 = bytes(15) + b"\1"
EAGAIN = 11


def session(payload=1024, **config):
    bench = Bench(payload=payload, **config)
    host = bench.host(max_payload=payload)
    host.until(lambda: host.resets)
    host.open()
    return bench, host


_block = bytes(random.choice((0xC0, 0xDB, random.getrandbits(8))) for _ in range(1997))


def pattern(n, seed=0):
    start = (n + seed) % 997
    return (_block[start:] + _block * (n // 1997 + 1))[:n]


class Far:
    """A socket of the network's side."""

    def __init__(self, address="127.0.0.1", port=0):
        info = socket.getaddrinfo(address, port, 0, socket.SOCK_DGRAM)[0]
        self.sock = socket.socket(info[0], socket.SOCK_DGRAM)
        self.sock.bind(info[-1])
        self.sock.setblocking(False)
        import network

        self.address, self.port = network.socket_name(self.sock)

    def take(self):
        """The next datagram and its sender's (address, port); None if there is none yet."""
        try:
            data, name = self.sock.recvfrom(65535)
        except OSError as e:
            check.equal(e.errno, EAGAIN)
            return None
        return data, bytes(name[4:8] if len(name) == 16 else name[8:24]), name[2] << 8 | name[3]

    def send(self, data, port, address="127.0.0.1"):
        check.equal(self.sock.sendto(data, socket.getaddrinfo(address, port, 0, socket.SOCK_DGRAM)[0][-1]), len(data))

    def close(self):
        self.sock.close()


class Near:
    """A UDP channel of the host, which keeps to its credit."""

    def __init__(self, host, channel=0, address=LOOPBACK, port=0, credit=200000, options=None):
        self.host = host
        self.channel = channel
        self.address, self.port, self.credit, self.largest = host.call(UDP_BIND, channel, address, port, credit, options or {})
        self.granted = self.credit
        self.parts = None

    def refresh(self):
        for m in [m for m in self.host.messages if m[0] == CREDIT and m[1] == self.channel]:
            self.host.messages.remove(m)
            self.credit += m[2]
        assert self.credit <= self.granted, "more credit than granted"
        return self.credit

    def send(self, data, port, address=LOOPBACK, piece=None):
        cost = len(data) + OVERHEAD
        self.host.until(lambda: self.refresh() >= cost)
        self.credit -= cost
        piece = piece or self.host.offer[2] - 40
        pos = 0
        while len(data) - pos > piece:
            self.host.send(DATAGRAM, self.channel, address, port, data[pos : pos + piece], True)
            pos += piece
        self.host.send(DATAGRAM, self.channel, address, port, data[pos:])

    def take(self):
        """The next datagram that has arrived whole, with its sender; None if there is none yet."""
        host = self.host
        while True:
            for i, m in enumerate(host.messages):
                if m[0] == DATAGRAM and m[1] == self.channel:
                    break
            else:
                return None
            m = host.messages.pop(i)
            if self.parts:
                check.equal(self.parts[1:], m[2:4])
                m = m[:4] + (self.parts[0] + m[4],) + m[5:]
            if len(m) > 5 and m[5]:
                self.parts = (m[4],) + m[2:4]
                continue
            self.parts = None
            return m[4], m[2], m[3]

    def event(self, event):
        return self.host.message(lambda m: m[:3] == (EVENT, event, self.channel))[3:]

    def close(self, code=0):
        host = self.host
        host.send(CLOSE, self.channel, code, "", None)
        return host.closed(self.channel)


def idle(bench):
    """Nothing is left of any channel."""
    device = bench.device
    check.equal((len(device.channels), len(device.by_socket), device.store.rests), (0, 0, 0))
    check.equal(device.store.free, len(device.store.pool.chain))
    check.equal(device.store.pool.state[1], len(device.store.pool.chain), "slots of the store")


def echo(host, near, far, data):
    near.send(data, far.port)
    got = host.until(far.take)
    check.equal(got[1:], (LOOPBACK, near.port))
    check.equal(got[0] == data, True, "what arrived of %d bytes" % len(data))
    far.send(data, near.port)
    got = host.until(near.take)
    check.equal(got[1:], (LOOPBACK, far.port))
    check.equal(got[0] == data, True, "what came back of %d bytes" % len(data))


def board_send(bench):
    from uartnet.board import Board

    return lambda *args: Board.send_datagram(bench.device.board, *args)


def refuse(bench, number):
    """The network answers so to every datagram."""

    class Refusing:
        def sendto(self, data, to):
            raise OSError(number)

    send = board_send(bench)
    bench.device.board.send_datagram = lambda sock, data, to: send(Refusing(), data, to)
