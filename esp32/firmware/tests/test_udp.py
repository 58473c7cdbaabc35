"""UDP channels (PROTOCOL.md, section 9), with sockets of this process as their peers."""

import random
import select
import socket
import check
from host import CLOSE, CREDIT, EOF, INFO, LOOPBACK, PING, TCP_CONNECT, Bench, Peer
from vectors import constants
import uartnet.udp  # as the start does where there is room

EVENT, DATAGRAM, UDP_BIND = 8, 21, 18
DROPPED, FAILED = 4, 7
UNSUPPORTED, BAD_REQUEST, NOT_ALLOWED, NO_RESOURCES, CHANNEL_IN_USE, CREDIT_EXCEEDED = 1, 2, 5, 6, 7, 9
CONNECTION_ABORTED, TIMED_OUT, NETWORK_UNREACHABLE, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, MESSAGE_TOO_BIG = 19, 20, 22, 24, 25, 27
OVERHEAD = 24
LOOPBACK6 = bytes(15) + b"\1"
EAGAIN = 11


def _session(payload=1024, **config):
    bench = Bench(payload=payload, **config)
    host = bench.host(max_payload=payload)
    host.until(lambda: host.resets)
    host.open()
    return bench, host


_block = bytes(random.choice((0xC0, 0xDB, random.getrandbits(8))) for _ in range(1997))


def _pattern(n, seed=0):
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


def _idle(bench):
    """Nothing is left of any channel."""
    device = bench.device
    check.equal((len(device.channels), len(device.by_socket), device.store.rests), (0, 0, 0))
    check.equal(device.store.free, len(device.store.pool.chain))
    check.equal(device.store.pool.state[1], len(device.store.pool.chain), "slots of the store")


def _echo(host, near, far, data):
    near.send(data, far.port)
    got = host.until(far.take)
    check.equal(got[1:], (LOOPBACK, near.port))
    check.equal(got[0] == data, True, "what arrived of %d bytes" % len(data))
    far.send(data, near.port)
    got = host.until(near.take)
    check.equal(got[1:], (LOOPBACK, far.port))
    check.equal(got[0] == data, True, "what came back of %d bytes" % len(data))


def test_the_feature_is_offered():
    bench, host = _session()
    assert host.welcome[10] & constants()["feature UDP"]


def test_bind_tells_address_port_credit_and_largest():
    bench, host = _session()
    near = Near(host)
    assert near.address == LOOPBACK and near.port and near.largest >= 1472 and near.credit >= near.largest + OVERHEAD
    # All IPv4 addresses.
    everywhere = Near(host, 2, None)
    check.equal(everywhere.address, bytes(4))
    # A port that was asked for, and one that is in use.
    far = Far()
    check.equal(host.refused(UDP_BIND, 4, LOOPBACK, far.port, 0, {}), ADDRESS_IN_USE)
    far.close()
    check.equal(Near(host, 4, port=far.port).port, far.port)
    check.equal(host.refused(UDP_BIND, 6, b"\x08\x08\x08\x08", 0, 0, {}), ADDRESS_NOT_AVAILABLE)
    check.equal(len(bench.device.channels), 3)
    for n in (near, everywhere):
        check.equal(n.close(), 0)
    check.equal(len(bench.device.channels), 1)


def test_bad_arguments():
    bench, host = _session()
    for args in (
        (),
        (0, LOOPBACK, 0, 0),
        (1, LOOPBACK, 0, 0, {}),
        (0, b"\x7f\0\0", 0, 0, {}),
        (0, "localhost", 0, 0, {}),
        (0, LOOPBACK, 65536, 0, {}),
        (0, LOOPBACK, 0, -1, {}),
        (0, LOOPBACK, 0, 0, None),
        (0, LOOPBACK, 0, 0, {"broadcast": 1}),
        (0, LOOPBACK, 0, 0, {"send_buffer": True}),
    ):
        check.equal(host.refused(UDP_BIND, *args), BAD_REQUEST, repr(args))
    for name in ("no_delay", "keep_alive", "connect_timeout_ms", "nonsense"):
        check.equal(host.refused(UDP_BIND, 0, LOOPBACK, 0, 0, {name: True}), UNSUPPORTED, name)
    Near(host)
    check.equal(host.refused(UDP_BIND, 0, LOOPBACK, 0, 0, {}), CHANNEL_IN_USE)


def test_options():
    bench, host = _session()
    options = {"reuse_address": True, "broadcast": True, "receive_buffer": 20000, "send_buffer": 20000}
    near = Near(host, options=options)
    # Two with the same port: as only reuse_address allows.
    check.equal(Near(host, 2, port=near.port, options=options).port, near.port)


def test_echo_of_every_size():
    for payload in (256, 1024, 4096):
        bench, host = _session(payload)
        near = Near(host)
        far = Far()
        check.equal(near.largest, bench.device.board.datagram)
        sizes = [0, 1, 100, 233, 234, 255, 256, 257, 1000, 1011, 1012, 1024, 1472, 1473, 5000, near.largest - 1, near.largest]
        for size in sizes:
            if size <= near.largest:
                _echo(host, near, far, _pattern(size))
        check.equal(near.close(), 0)
        _idle(bench)
        far.close()


def test_the_largest_of_a_small_heap():
    bench, host = _session(datagram=1472)
    near = Near(host)
    far = Far()
    check.equal(near.largest, 1472)
    _echo(host, near, far, _pattern(1472))
    # One byte more.
    far.send(_pattern(1473), near.port)
    check.equal(near.event(DROPPED), (1, 1473))
    near.credit -= 1473 + OVERHEAD
    host.send(DATAGRAM, 0, LOOPBACK, far.port, _pattern(900), True)
    host.send(DATAGRAM, 0, LOOPBACK, far.port, _pattern(573))
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    check.equal(far.take(), None)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    _idle(bench)
    far.close()


def test_what_the_network_never_takes():
    bench, host = _session()
    near = Near(host)
    # Beyond what IP has room for, though the device thought it possible.
    bench.device.channels[0].largest = 65600
    near.granted = near.credit = bench.device.channels[0].left = 70000
    near.send(bytes(65508), 9)
    check.equal(near.event(FAILED)[0], MESSAGE_TOO_BIG)
    far = Far()
    _echo(host, near, far, b"still open")
    far.close()


def test_1000_datagrams_keep_their_boundaries():
    bench, host = _session()
    near = Near(host, credit=1 << 20)
    far = Far()
    waiting = []
    random.seed(7)
    sent = [_pattern(random.choice((0, 1, 5, 300, 1472)), n) + bytes((n >> 8, n & 255)) for n in range(1000)]
    back = []

    def echo():
        got = far.take()
        if got:
            check.equal(got[1:], (LOOPBACK, near.port))
            far.send(got[0], near.port)
        got = near.take()
        if got:
            check.equal(got[1:], (LOOPBACK, far.port))
            back.append(got[0])
            host.send(CREDIT, 0, len(got[0]) + OVERHEAD)
        return got

    for n, data in enumerate(sent):
        near.send(data, far.port)
        while len(back) + 8 <= n:
            host.until(echo)
    host.until(lambda: echo() and False or len(back) == len(sent))
    assert back == sent
    check.equal(near.close(), 0)
    _idle(bench)
    far.close()


def test_senders_and_receivers_of_every_address():
    bench, host = _session()
    near = Near(host, address=None)
    fars = [Far("127.0.0.%d" % (n + 1)) for n in range(5)]
    for turn in range(3):
        for n, far in enumerate(fars):
            far.send(b"from %d" % n, near.port)
            check.equal(host.until(near.take), (b"from %d" % n, bytes((127, 0, 0, n + 1)), far.port))
            near.send(b"to %d" % n, far.port, far.address)
            check.equal(host.until(far.take)[0], b"to %d" % n)
    # The same address with another port, and the same port with another address.
    other = Far("127.0.0.1")
    twin = Far("127.0.0.2", fars[0].port)
    for far in (fars[0], other, fars[0], twin):
        far.send(b"x", near.port)
        check.equal(host.until(near.take), (b"x", far.address, far.port))
        near.send(b"y", far.port, far.address)
        check.equal(host.until(far.take)[0], b"y")
    for far in fars + [other, twin]:
        far.close()


def test_ipv6():
    bench, host = _session()
    near = Near(host, address=LOOPBACK6)
    check.equal(near.address, LOOPBACK6)
    far = Far("::1")
    for data in (b"", b"six", _pattern(1472)):
        near.send(data, far.port, LOOPBACK6)
        check.equal(host.until(far.take), (data, LOOPBACK6, near.port))
        far.send(data, near.port, "::1")
        check.equal(host.until(near.take), (data, LOOPBACK6, far.port))
    far.close()
    # An IPv4 socket has no way there.
    four = Near(host, 2)
    four.send(b"x", far.port, LOOPBACK6)
    check.equal(four.event(FAILED)[0], ADDRESS_NOT_AVAILABLE)


def test_channel_numbers_of_every_length():
    bench, host = _session()
    far = Far()
    for channel in (0, 126, 128, 254, 256, 65534):
        near = Near(host, channel)
        for size in (10, near.largest):
            _echo(host, near, far, _pattern(size))
        check.equal(near.close(), 0)
    _idle(bench)
    far.close()


def test_pieces_of_any_size():
    bench, host = _session()
    near = Near(host)
    far = Far()
    data = _pattern(1400)
    for piece in (1000, 700, 333, 64, 7):
        near.send(data, far.port, piece=piece)
        check.equal(host.until(far.take), (data, LOOPBACK, near.port))
    # Empty pieces, too.
    for piece, more in ((b"", True), (b"abc", True), (b"", True), (b"def", True), (b"", False)):
        host.send(DATAGRAM, 0, LOOPBACK, far.port, piece, more)
    check.equal(host.until(far.take)[0], b"abcdef")
    check.equal(near.close(), 0)
    _idle(bench)
    far.close()


def test_without_credit_datagrams_are_dropped_and_told():
    bench, host = _session()
    bench.freeze()
    near = Near(host, credit=100)
    far = Far()
    far.send(bytes(76), near.port)
    check.equal(host.until(near.take)[0], bytes(76))
    # Now nothing is left, not even for an empty one.
    far.send(b"", near.port)
    check.equal(near.event(DROPPED), (1, 0))
    for n in range(50):
        far.send(bytes(n), near.port)
        host.settle(3)
    assert not [m for m in host.messages if m[0] == EVENT], "a second event within 100 ms"
    bench.skip(100)
    check.equal(near.event(DROPPED), (50, sum(range(50))))
    # And each one that has credit passes, though another before it had not.
    host.send(CREDIT, 0, 30)
    far.send(bytes(7), near.port)
    far.send(bytes(6), near.port)
    check.equal(host.until(near.take)[0], bytes(6))
    bench.skip(100)
    check.equal(near.event(DROPPED), (1, 7))
    bench.skip(100)
    host.settle()
    check.equal(host.messages, [])
    check.equal(host.call(INFO)[0]["sockets"]["datagrams_dropped"], 52)
    far.close()


def test_credit_of_the_host_beyond_the_limit():
    bench, host = _session()
    Near(host, credit=1 << 24)
    host.send(CREDIT, 0, 1)
    check.equal(host.reset(host.tag), 5)
    host.settle()
    _idle(bench)


def test_more_than_granted():
    bench, host = _session()
    for sizes in ((1, 1, 1), (77,)):
        near = Near(host)
        bench.device.channels[0].left = 100
        bench.device.channels[0].grant = 1 << 20  # so that nothing is given back
        bench.device.channels[0].largest = 76
        bench.device.channels[0]._taken = lambda n: None
        for size in sizes:
            host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(size))
        if sizes[0] == 1:
            host.settle()
            check.equal(bench.device.channels[0].left, 25)
            host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(2))
        bench.device.channels[0].grant = near.granted
        check.equal(host.closed(0), CREDIT_EXCEEDED)
        # What is still on its way is dropped.
        host.send(DATAGRAM, 0, LOOPBACK, 9, bytes(2))
        host.send(CREDIT, 0, 1)
        host.send(CLOSE, 0, 0, "", None)
        host.until(lambda: not bench.device.channels)
        _idle(bench)
    check.equal(host.call(PING, 1), (1,))


def test_pieces_beyond_the_credit():
    bench, host = _session()
    near = Near(host)
    far = Far()
    n = 0
    while n <= near.largest:
        host.send(DATAGRAM, 0, LOOPBACK, far.port, bytes(900), True)
        n += 900
    check.equal(host.closed(0), CREDIT_EXCEEDED)
    check.equal(far.take(), None)
    host.send(CLOSE, 0, 0, "", None)
    host.until(lambda: not bench.device.channels)
    _idle(bench)
    far.close()


def test_credit_comes_back_for_the_largest_at_any_time():
    bench, host = _session(channels=4, credit=2048, datagram=1472)
    near = Near(host)
    far = Far()
    # Whatever small ones went before, the largest must not wait for a portion that does not fill up.
    for n in range(30):
        near.send(bytes(n), far.port)
        near.send(bytes(near.largest), far.port)
        check.equal(len(host.until(far.take)[0]), n)
        check.equal(len(host.until(far.take)[0]), near.largest)
    far.close()


def test_a_port_on_which_nobody_listens():
    bench, host = _session()
    near = Near(host)
    gone = Far()
    gone.close()
    for _ in range(3):
        near.send(b"x", gone.port)
        host.settle()
    far = Far()
    _echo(host, near, far, b"still open")
    far.close()


def test_broadcast_needs_its_option():
    bench, host = _session()
    near = Near(host)
    near.send(b"x", 9, b"\x7f\xff\xff\xff")
    check.equal(near.event(FAILED), (NOT_ALLOWED, "not allowed", 13))
    far = Far("0.0.0.0")
    able = Near(host, 2, None, options={"broadcast": True})
    able.send(b"all", far.port, b"\x7f\xff\xff\xff")
    check.equal(host.until(far.take)[0], b"all")
    far.close()


def test_what_the_network_refuses():
    bench, host = _session()
    near = Near(host)
    far = Far()
    for number, code in ((101, NETWORK_UNREACHABLE), (113, 21), (111, 17), (90, MESSAGE_TOO_BIG), (13, NOT_ALLOWED)):
        _refuse(bench, number)
        near.send(b"lost", far.port)
        m = near.event(FAILED)
        check.equal((m[0], m[2]), (code, number))
        bench.device.board.send_datagram = Board_send(bench)
        _echo(host, near, far, b"still open")
    # Its credit has come back.
    host.settle()
    check.equal(bench.device.channels[0].left + bench.device.channels[0].owed, near.granted)
    far.close()


def Board_send(bench):
    from uartnet.board import Board

    return lambda *args: Board.send_datagram(bench.device.board, *args)


def _refuse(bench, number):
    """The network answers so to every datagram."""

    class Refusing:
        def sendto(self, data, to):
            raise OSError(number)

    send = Board_send(bench)
    bench.device.board.send_datagram = lambda sock, data, to: send(Refusing(), data, to)


def test_what_the_network_does_not_take_at_once_waits_in_order():
    for number in (11, 12, 105):
        bench, host = _session()
        near = Near(host)
        far = Far()
        _refuse(bench, number)
        sent = [_pattern(n) for n in (0, 1, 300, 19, 0, 64, 45)]
        for data in sent[:-1]:
            near.send(data, far.port)
        near.send(sent[-1], far.port, piece=10)
        channel = bench.device.channels[0]
        host.until(lambda: len(channel.sizes) == len(sent) and not channel.unfinished)
        check.equal(channel.left, near.granted - sum(len(data) + OVERHEAD for data in sent))
        check.equal(channel.owed, 0)
        check.equal(host.call(PING, 1), (1,))
        check.equal(far.take(), None)
        # The other direction goes on.
        far.send(b"hello", near.port)
        check.equal(host.until(near.take)[0], b"hello")
        bench.device.board.send_datagram = Board_send(bench)
        for data in sent:
            check.equal(host.until(far.take), (data, LOOPBACK, near.port))
        _echo(host, near, far, b"and again")
        check.equal(channel.left + channel.owed, near.granted)
        check.equal(near.close(), 0)
        _idle(bench)
        far.close()


def test_all_credit_held():
    bench, host = _session(channels=4, credit=2048)
    near = Near(host)
    far = Far()
    _refuse(bench, EAGAIN)
    count = 0
    while near.credit >= OVERHEAD + 1:
        near.send(bytes((count & 255,)), far.port)
        count += 1
    host.until(lambda: len(bench.device.channels[0].sizes) == count)
    bench.device.board.send_datagram = Board_send(bench)
    for n in range(count):
        check.equal(host.until(far.take)[0], bytes((n & 255,)))
    check.equal(near.close(), 0)
    _idle(bench)
    far.close()


def test_memory_is_borrowed_while_there_is_any():
    bench, host = _session(channels=2, credit=512)  # eight slots, two for each
    near = Near(host)
    far = Far()
    check.equal((near.credit, near.largest), (1472 + OVERHEAD, 1472))
    # What the network takes at once needs none.
    _echo(host, near, far, _pattern(900))
    # Pieces have to be put together, and there is not enough for the largest.
    near.send(_pattern(1472), far.port)
    check.equal(near.event(FAILED)[0], NO_RESOURCES)
    _refuse(bench, EAGAIN)
    near.send(_pattern(900), far.port)
    check.equal(near.event(FAILED)[0], NO_RESOURCES)
    near.send(_pattern(300), far.port)
    near.send(_pattern(100), far.port)
    host.until(lambda: len(bench.device.channels[0].sizes) == 2)
    # Now there is nothing left for another channel, until that has gone.
    check.equal(host.refused(UDP_BIND, 2, LOOPBACK, 0, 0, {}), NO_RESOURCES)
    bench.device.board.send_datagram = Board_send(bench)
    check.equal(host.until(far.take)[0] == _pattern(300), True)
    check.equal(host.until(far.take)[0] == _pattern(100), True)
    other = Near(host, 2)
    _echo(host, other, far, _pattern(900))
    _echo(host, near, far, _pattern(900))
    for n in (near, other):
        check.equal(n.close(), 0)
    _idle(bench)
    far.close()


def test_a_datagram_does_not_wait_for_ever():
    bench, host = _session()
    near = Near(host)
    far = Far()
    _refuse(bench, 12)
    near.send(b"never", far.port)
    near.send(b"nor this", far.port)
    host.until(lambda: len(bench.device.channels[0].sizes) == 2)
    for _ in range(5):
        bench.skip(1000)
        host.settle(3)
    check.equal(near.event(FAILED)[0], TIMED_OUT)
    check.equal(len(bench.device.channels[0].sizes), 1)
    bench.device.board.send_datagram = Board_send(bench)
    check.equal(host.until(far.take)[0], b"nor this")
    far.close()


def test_close_sends_first_what_the_device_holds():
    bench, host = _session()
    near = Near(host)
    far = Far()
    _refuse(bench, EAGAIN)
    near.send(b"one", far.port)
    near.send(b"two", far.port)
    host.send(DATAGRAM, 0, LOOPBACK, far.port, b"a piece, never whole", True)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    assert not [m for m in host.messages if m[0] == CLOSE]
    far.send(b"late", near.port)
    bench.device.board.send_datagram = Board_send(bench)
    check.equal(host.until(far.take)[0], b"one")
    check.equal(host.until(far.take)[0], b"two")
    check.equal(host.closed(0), 0)
    host.settle()
    check.equal(far.take(), None)
    _idle(bench)
    # With a code, it drops them.
    near = Near(host)
    _refuse(bench, EAGAIN)
    near.send(b"one", far.port)
    check.equal(near.close(CONNECTION_ABORTED), 0)
    _idle(bench)
    # And it does not wait for ever.
    near = Near(host)
    near.send(b"one", far.port)
    near.send(b"two", far.port)
    host.send(CLOSE, 0, 0, "", None)
    host.settle()
    for _ in range(31):
        bench.skip(1000)
        host.settle(3)
    check.equal(host.closed(0), TIMED_OUT)
    _idle(bench)
    far.close()


def test_session_s_end_closes_all_sockets():
    bench, host = _session(datagram=3000)
    far = Far()
    for turn in range(3):
        nears = [Near(host, 2 * n) for n in range(10)]
        for near in nears:
            far.send(bytes(2900), near.port)
        # Some in the middle of a datagram, some with one that waits.
        _refuse(bench, EAGAIN)
        nears[0].send(b"x", far.port)
        host.send(DATAGRAM, 2, LOOPBACK, far.port, b"a piece", True)
        host.until(nears[5].take)
        bench.device.board.send_datagram = Board_send(bench)
        host.open()
        _idle(bench)
    # Their ports are free.
    for near in nears:
        Far(port=near.port).close()
    far.close()


def test_a_flood_leaves_the_others_their_share():
    bench, host = _session()
    peer = Peer()
    flooded = Near(host, credit=5000)
    far = Far()
    got = bytearray()
    host.connect(2, peer.port, sink=got.extend)
    conn = peer.accept(host)
    data = _pattern(100000)
    sent = pings = 0
    pending = None
    to = socket.getaddrinfo("127.0.0.1", flooded.port, 0, socket.SOCK_DGRAM)[0][-1]
    flood = bytes(1200)
    before = bench.device.counted["datagrams_dropped"]
    while len(got) < len(data):
        for _ in range(10):
            far.sock.sendto(flood, to)
        if sent < len(data):
            sent += conn.write(memoryview(data)[sent : sent + 1000]) or 0
        if pending is None:
            pending = host.ask(PING, pings)
        host.pump()
        for m in list(host.messages):
            if m[:2] == (2, pending):
                pings += 1
                pending = None
                host.messages.remove(m)
    assert bytes(got) == data
    assert pings > 10, pings
    dropped = bench.device.counted["datagrams_dropped"] - before
    assert dropped > 10, dropped
    # What had credit came whole.
    for _ in range(5000 // 1224):
        check.equal(flooded.take()[0] == flood, True)
    check.equal(flooded.take(), None)
    # All that the flood has done to the channel is said, and it works on.
    host.send(CREDIT, 0, 100000)
    while far.take() or flooded.take():
        host.pump()
    conn.close()
    peer.close()
    far.close()


def test_channels_with_datagrams_are_served_in_turn():
    bench, host = _session(payload=256)
    far = Far()
    nears = [Near(host, 2 * n, credit=0) for n in range(3)]
    small = Near(host, 6, credit=0)
    for near in nears:
        for _ in range(4):
            far.send(bytes(1400), near.port)
    host.settle()
    host.messages.clear()
    for near in nears + [small]:
        host.send(CREDIT, near.channel, 100000)
    host.settle()
    for near in nears:
        far.send(bytes(1400), near.port)
    far.send(b"small", small.port)
    host.until(lambda: len([m for m in host.messages if m[0] == DATAGRAM and len(m) < 6]) == 4)
    order = [m[1] for m in host.messages if m[0] == DATAGRAM]
    # Seven pieces each: whoever has nothing but a short one does not wait for them.
    check.equal(sorted(set(order)), [0, 2, 4, 6])
    assert order.index(6) <= 8, order
    for near in nears:
        check.equal(near.take()[0], bytes(1400))
    far.close()


def test_memory_for_pieces_is_bounded():
    bench, host = _session(payload=256, datagram=1472, channels=8, credit=20000)
    far = Far()
    nears = [Near(host, 2 * n) for n in range(6)]
    for near in nears:
        for n in range(3):
            far.send(bytes(1400), near.port)
    most = 0
    want = 18

    def step():
        nonlocal most, want
        most = max(most, bench.device.store.rests)
        for near in nears:
            if near.take():
                want -= 1
        return not want

    host.until(step)
    assert 0 < most <= max(near.largest for near in nears) + len(bench.device.store.pool.data) // 4, most
    check.equal(bench.device.store.rests, 0)
    far.close()


def test_memory_short_drops_a_datagram():
    bench, host = _session()
    near = Near(host)
    far = Far()
    channel = bench.device.channels[0]
    real = channel.sock

    class Starved:
        readinto = real.readinto
        close = real.close

        def recvfrom(self, n):
            raise MemoryError

    channel.sock = Starved()
    far.send(bytes(300), near.port)
    check.equal(near.event(DROPPED), (1, 300))
    channel.sock = real
    _echo(host, near, far, b"still open")
    far.close()


def test_a_platform_that_takes_an_empty_datagram_for_the_end():
    bench, host = _session()
    bench.device.board.empty_ends = True
    near = Near(host)
    far = Far()
    old = bench.device.channels[0].sock
    for data in (b"", b"x", b"", b"", b"y"):
        _echo(host, near, far, data)
    assert bench.device.channels[0].sock is not old
    check.equal(len(bench.device.by_socket), 1)
    far.close()


def test_what_does_not_belong_to_a_datagram_socket():
    bench, host = _session()
    near = Near(host)
    far = Far()
    host.send(16, 0, b"bytes of a stream")
    host.send(EOF, 0)
    _echo(host, near, far, b"still open")
    peer = Peer()
    host.connect(2, peer.port)
    conn = peer.accept(host)
    host.send(DATAGRAM, 2, LOOPBACK, far.port, b"no socket for that")
    host.send(DATAGRAM, 8, LOOPBACK, far.port, b"no channel")
    check.equal(host.call(PING, 1), (1,))
    check.equal(far.take(), None)
    conn.close()
    peer.close()
    far.close()


def test_malformed_datagrams_end_the_session():
    for message in (
        (DATAGRAM, 0, LOOPBACK, 9),
        (DATAGRAM, 0, b"\x7f\0\0", 9, b""),
        (DATAGRAM, 0, "127.0.0.1", 9, b""),
        (DATAGRAM, 0, LOOPBACK, 65536, b""),
        (DATAGRAM, 0, LOOPBACK, -1, b""),
        (DATAGRAM, 0, LOOPBACK, 9, "text"),
        (DATAGRAM, 0, LOOPBACK, 9, b"", 1),
        (DATAGRAM, 65536, LOOPBACK, 9, b""),
    ):
        bench, host = _session()
        Near(host)
        host.send(*message)
        check.equal(host.reset(host.tag), 5, repr(message))
        host.settle()
        _idle(bench)


def test_further_elements_are_ignored():
    bench, host = _session()
    near = Near(host)
    far = Far()
    host.send(DATAGRAM, 0, LOOPBACK, far.port, b"x", False, "something", [1, 2])
    check.equal(host.until(far.take)[0], b"x")
    far.close()


def test_an_exception_in_a_channel_closes_this_one():
    bench, host = _session()
    near = Near(host)
    other = Near(host, 2)
    far = Far()

    def broken(*args):
        raise Exception("unforeseen")

    bench.device.channels[0].datagram = broken
    near.send(b"x", far.port)
    check.equal(host.closed(0), 8)  # INTERNAL
    bench.device.channels[2].serve = broken
    far.send(b"x", other.port)
    check.equal(host.closed(2), 8)
    check.equal(len(bench.unexpected), 2)
    far.close()


check.run(globals())
