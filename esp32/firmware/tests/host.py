"""The protocol's host end for tests, and a bench that runs the device in the same process, step by step."""

import ffi
import machine
import random
import select
import socket
import struct
import sys
from time import ticks_add, ticks_diff, ticks_ms

from uartnet import link, groups, slip  # link first: modules that import one another nest deep
from uartnet.msgpack import Reader, Writer
from uartnet.sockets import OPERATIONS

HELLO, WELCOME, DATA, ACK, PROBE, RESET, SPEED = range(7)
REQUEST, RESPONSE, ERROR, CANCEL, NEXT, DEMAND, OUTPUT, EVENT = range(1, 9)
CHANNEL_DATA, CREDIT, EOF, CLOSE = range(16, 20)
PING, INFO, RESOLVE = range(3)
TCP_CONNECT = 16
TLS_CONNECT = 20
LOOPBACK = b"\x7f\0\0\1"

_allow = None  # of the last bench
_libc = ffi.open(None)
_PATIENCE_MS = 30000  # for what must happen; a test that waits so long has failed


def line_pair():
    """Two streams that do not block, each the other's end."""
    fds = bytearray(8)
    assert _libc.func("i", "socketpair", "iiiP")(1, 1 | 0o4000, 0, fds) == 0
    a, b = struct.unpack("ii", fds)
    return open(a, "r+b", buffering=0), open(b, "r+b", buffering=0)


def pack(*values):
    w = Writer(bytearray(20000))
    w.put(values)
    return bytes(w.buf[: w.pos])


def unpack(data):
    r = Reader(data).start(0, len(data))
    v = tuple(r.value() for _ in range(r.array()))
    assert r.pos == len(data)
    return v


class Bench:
    """A device on one end of a line; step() lets it run one round. skip() moves its clock."""

    def __init__(self, path="/no/such/file", **config):
        import network
        from uartnet.board import Board
        from uartnet.device import Device

        self.line, machine.line = line_pair()
        network.configuration = lambda: config
        board = Board(path)
        board.start_network()
        self._groups(board)
        self.device = Device(board)
        if self.device.calls:
            # This one thread is the host, too.
            self.device.calls.most = 1
            self.device.round = self._nested
        self.hosts = []
        self.serving = False
        self.device.log = self._unexpected
        self.unexpected = []
        self.skipped = 0
        self.device.link.clock = self._clock
        self._now()
        self.device.start()

    def _groups(self, board):
        """Loads them; anew if another bench of this process was allowed something else."""
        global _allow
        if board.allow != _allow:
            for word, first, last, size, peak, names in groups.table():
                for name in names:
                    sys.modules.pop("uartnet." + name, None)
                for op in range(first, last + 1):
                    OPERATIONS.pop(op, None)
            _allow = board.allow
        groups.load(board)

    def _unexpected(self, e):
        self.unexpected.append(e)

    def _now(self):
        self.device.link.now = self._clock()

    def _clock(self):
        return ticks_add(ticks_ms(), self.skipped)

    def freeze(self):
        """From now on the device's time passes by skip() alone."""
        now = self._clock()
        self.skipped = 0
        self._clock = self.device.link.clock = lambda: ticks_add(now, self.skipped)

    def skip(self, ms):
        """As if the loop had been held up for so long."""
        self.skipped += ms
        self._now()
        self.device.tick(self.device.link.now)

    def idle(self, ms):
        """The loop goes round as it should, and nothing comes; not with what happens by itself, as nothing is sent meanwhile."""
        while ms > 0:
            self.skip(min(ms, 20))
            ms -= 20

    def step(self):
        self._now()
        self.device.tick(self.device.link.now)
        self.device.turn(1)
        if not self.serving and self.device.calls and self.device.calls.queue:
            self.serving = True
            self.device.calls.serve()
            self.serving = False

    def _nested(self, now):
        """A round of the loop within a call."""
        for host in self.hosts:
            host.pump()

    def host(self, **settings):
        host = Host(self.line, self.step, **settings)
        self.hosts = [host]
        return host


class Host:
    """Speaks the protocol; what has arrived is in messages, data (by channel), resets."""

    device_buffer = 2064  # the least that any device has
    features = 0

    def __init__(self, line, step, window=32, buffer=65536, max_payload=1024, keepalive=1000, features=0):
        self.line = line
        self.step = step
        self.offer = (window, buffer, max_payload, keepalive)
        self.features = features
        self.again = []  # numbers of DATA that came out of turn
        self.decoder = slip.state(20000)
        self.frame = bytearray(20000)
        self.raw = bytearray(8192)
        self.wire = b""
        self.deaf = False  # reads nothing
        self.silent = False  # acknowledges nothing
        self.frames = []  # (type, tag, seq, ack, payload) of all but the session's DATA
        self.data_seqs = 0
        self.request_id = 0
        self._clear()

    def _clear(self):
        self.tag = 0
        self.welcome = None
        self.next = 0
        self.expected = 0
        self.first = 0
        self.flight = 0
        self.flying = []  # what of the device's buffer each frame in flight takes
        self.unacknowledged = 0
        self.waiting = []
        self.messages = []
        self.data = {}
        self.resets = []
        self.grant = {}

    # Frames

    def emit(self, kind, payload=b"", tag=None, seq=None, ack=None):
        self.write(self.encoded(kind, payload, tag, seq, ack))
        self.unacknowledged = 0

    def encoded(self, kind, payload=b"", tag=None, seq=None, ack=None):
        tag = self.tag if tag is None else tag
        head = bytes((kind << 5 | tag >> 8, tag & 255, self.next if seq is None else seq, self.expected if ack is None else ack))
        src = bytearray(head + payload + bytes(4))
        n = len(src) - 4
        dst = bytearray(2 * len(src) + 2)
        end = slip.encode(src, 0, n, dst, 0)
        return bytes(dst[:end])

    def write(self, wire):
        self.wire += wire
        self._flush()

    def _flush(self):
        if self.wire:
            n = self.line.write(self.wire)
            if n:
                self.wire = self.wire[n:]

    def pump(self):
        """Lets the device run, and takes in what it has sent."""
        self._flush()
        self.step()
        if self.deaf:
            return
        n = self.line.readinto(self.raw)
        pos = 0
        while n and pos < n:
            pos = slip.decode(self.raw, pos, n, self.frame, self.decoder)
            assert self.decoder[slip.OUTCOME] != slip.DAMAGED, "the device sent a damaged frame"
            if self.decoder[slip.OUTCOME] == slip.FRAME:
                self._take(bytes(self.frame[: self.decoder[slip.LENGTH]]))
        if not n and self.unacknowledged and not self.silent:
            self.emit(ACK)

    def _take(self, f):
        assert slip.intact(f, len(f) - 4), "the device sent a wrong CRC"
        kind, tag, seq, ack, payload = f[0] >> 5, (f[0] & 31) << 8 | f[1], f[2], f[3], f[4:-4]
        if kind == RESET:
            self.resets.append((tag,) + unpack(payload))
        elif kind == WELCOME:
            self.welcome = (tag,) + unpack(payload)
        if kind != DATA:
            self.frames.append((kind, tag, seq, ack, payload))
        if not self.tag or tag != self.tag or kind == RESET:
            return
        n = (ack - self.first) & 255
        assert n <= self.flight, "ack %d of %d in flight" % (n, self.flight)
        self.first = ack
        self.flight -= n
        self.flying = self.flying[n:]
        if kind == DATA:
            if self.features and seq != self.expected:
                self.again.append(seq)
                return
            assert seq == self.expected, "number %d, expected %d" % (seq, self.expected)
            self.expected = (seq + 1) & 255
            self.unacknowledged += 1
            self._message(unpack(payload))
            if self.unacknowledged >= 4 and not self.silent:
                self.emit(ACK)
        elif kind == PROBE and not self.silent:
            self.emit(ACK)
        self.push()

    def _message(self, m):
        if m[0] == CHANNEL_DATA:
            number, data = m[1], m[2]
            sink = self.data.get(number)
            assert sink is not None, "data on channel %d" % number
            sink(data)
            if number in self.grant:
                self.grant[number] += len(data)
                if self.grant[number] >= 4096:
                    self.send(CREDIT, number, self.grant[number])
                    self.grant[number] = 0
        else:
            self.messages.append(m)

    # Sessions

    def hello(self, host_id=None, major=1):
        self.host_id = random.getrandbits(32) if host_id is None else host_id
        self.welcome = None
        window, buffer, max_payload, keepalive = self.offer
        self.emit(HELLO, pack("uartnet", major, 0, self.host_id, window, buffer, max_payload, keepalive, self.features, "test"), 0, 0, 0)

    def open(self):
        self._clear()
        self.hello()
        self.until(lambda: self.welcome)
        self.enter()
        return self

    def enter(self):
        """Takes up the session that WELCOME has offered."""
        welcome = self.welcome
        self._clear()
        self.welcome = welcome
        self.tag = welcome[0]
        self.device_window = welcome[6]
        self.device_buffer = welcome[7]
        self.emit(PROBE)
        self.until(lambda: self.messages or any(f[:2] == (ACK, self.tag) for f in self.frames))

    def close(self):
        self.emit(RESET, pack(2, 0, 0, ""))
        self.tag = 0

    def until(self, true, ms=_PATIENCE_MS):
        end = ticks_add(ticks_ms(), ms)
        while True:
            value = true()
            if value:
                return value
            if ticks_diff(ticks_ms(), end) > 0:
                raise AssertionError("waited in vain; messages %r, resets %r" % (self.messages[:5], self.resets))
            self.pump()

    def settle(self, rounds=20):
        """Lets everything happen that is going to happen by itself."""
        for _ in range(rounds):
            self.pump()

    # Messages

    def send(self, *message):
        self.waiting.append(pack(*message))
        self.push()

    def push(self):
        while self.waiting and self.flight < self.device_window and sum(self.flying) + len(self.waiting[0]) + 8 <= self.device_buffer:
            payload = self.waiting.pop(0)
            self.flying.append(len(payload) + 8)
            seq = self.next
            self.next = (seq + 1) & 255
            self.flight += 1
            self.emit(DATA, payload, seq=seq)

    def ask(self, op, *args, deadline=0):
        """Sends a request; returns its id."""
        self.request_id = (self.request_id + 1) & 0xFFFF
        self.send(REQUEST, self.request_id, op, deadline, *args)
        return self.request_id

    def answer(self, number, ms=_PATIENCE_MS):
        return self.message(lambda m: m[0] in (RESPONSE, ERROR) and m[1] == number, ms)

    def call(self, op, *args, deadline=0):
        """The results of a request."""
        m = self.answer(self.ask(op, *args, deadline=deadline))
        assert m[0] == RESPONSE, m
        return m[2:]

    def refused(self, op, *args, deadline=0):
        """The error's code."""
        m = self.answer(self.ask(op, *args, deadline=deadline))
        assert m[0] == ERROR, m
        return m[2]

    def message(self, matches, ms=_PATIENCE_MS):
        """Waits for a message and takes it out."""

        def find():
            for i, m in enumerate(self.messages):
                if matches(m):
                    return self.messages.pop(i)

        return self.until(find, ms)

    def closed(self, channel):
        """Waits for the channel's CHANNEL_CLOSE; its code."""
        return self.message(lambda m: m[0] == CLOSE and m[1] == channel)[2]

    def reset(self, tag=None):
        """Waits for a RESET; its reason."""
        return self.until(lambda: [r for r in self.resets if tag is None or r[0] == tag])[-1][1]

    # Channels

    def connect(self, channel, port, credit=65536, sink=None, host=LOOPBACK, options=None, grant=True):
        """Opens a channel; what arrives goes to sink, and credit is given back unless grant is False."""
        self.data[channel] = sink or (lambda data: None)
        if grant:
            self.grant[channel] = 0
        results = self.call(TCP_CONNECT, channel, host, port, credit, options or {})
        return results


class Peer:
    """A server on the loopback for tests; takes one connection at a time, in the same process."""

    def __init__(self, backlog=64):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 8, 16384)  # SO_RCVBUF: so that one who does not read is soon full
        self.sock.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
        self.sock.listen(backlog)
        self.sock.setblocking(False)
        self.port = port_of(self.sock)

    def accept(self, host):
        """The next connection, which does not block."""

        def one():
            try:
                return self.sock.accept()[0]
            except OSError:
                return None

        conn = host.until(one)
        conn.setblocking(False)
        return conn

    def close(self):
        self.sock.close()


def port_of(sock):
    import network

    return network.socket_name(sock)[1]


def closed_port():
    """A port on which nobody listens."""
    peer = Peer()
    peer.close()
    return peer.port
