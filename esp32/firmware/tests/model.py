"""A line that does anything to bytes, in virtual time, with the device's link at one end and a host that repeats at the other."""

import math
import random

from host import ACK, DATA, HELLO, PROBE, RESET, WELCOME, pack, unpack
from uartnet import slip
from uartnet.link import BODY, Link

RETRANSMIT = 1
_REPORT_MS = 60  # a reported frame is not sent again sooner
_TIMEOUT_MS = 400
_TIMEOUT_MAX_MS = 3000


class Faults:
    """What happens to the bytes of one direction: about one in `every` is hit, none if that is 0."""

    def __init__(self, every, kinds):
        self.every = every
        self.kinds = kinds
        self.cut = False
        self.count = 0
        self._next()

    def _next(self):
        self.left = int(-self.every * math.log(1 - random.random()))

    def apply(self, data):
        if self.cut:
            return b""
        if not self.every:
            return data
        out = b""
        while self.left < len(data):
            out += data[: self.left]
            hit = data[self.left : self.left + 1]
            data = data[self.left + 1 :]
            self.count += 1
            kind = random.choice(self.kinds)
            if kind == "flip":
                out += bytes((hit[0] ^ 1 << random.randint(0, 7),))
            elif kind == "twice":
                out += hit + hit
            elif kind == "insert":
                out += hit + bytes(random.choice((0xC0, 0xDB, 7)) for _ in range(random.randint(1, 5)))
            elif kind == "burst":
                data = data[random.randint(10, 60) :]
            self._next()
        self.left -= len(data)
        return out + data


class Wire:
    """One direction: a speed in bytes a millisecond, and batches that arrive together."""

    def __init__(self, speed, batch, faults):
        self.speed = speed
        self.batch = batch
        self.faults = faults
        self.there = b""

    def carry(self, now, sender):
        """Takes what the sender gives in one millisecond; returns what arrives."""
        data = sender(self.speed)
        if data:
            self.there += self.faults.apply(data)
        if now % self.batch:
            return b""
        data = self.there
        self.there = b""
        return data


class FakeBoard:
    """A UART as two byte strings."""

    platform = "test"
    features = 0
    channels_max = 4

    def __init__(self, baud, payload=1024, uart_buffer=4096):
        self.baud = baud
        self.config = {"keepalive": 60000, "takeover": True, "payload": payload}
        self.rx = b""
        self.tx = b""
        self.uart_buffer = uart_buffer

    def read(self, buf):
        n = min(len(buf), len(self.rx))
        if not n:
            return None
        buf[:n] = self.rx[:n]
        self.rx = self.rx[n:]
        return n

    def write(self, buf, start, n):
        n = min(n, self.uart_buffer - len(self.tx))
        self.tx += bytes(buf[start : start + n])
        return n or None

    def leave(self, n):
        data = self.tx[:n]
        self.tx = self.tx[n:]
        return data


class ModelHost:
    """Selective repeat as section 5 has it, without any care for speed."""

    def __init__(self, window=64, buffer=65536, max_payload=1024, features=RETRANSMIT):
        self.offer = (window, buffer, max_payload)
        self.features = features
        self.tx = b""
        self.decoder = slip.state(2000)
        self.frame = bytearray(2000)
        self.tag = 0
        self.host_id = random.getrandbits(30)
        self.said_at = -1000
        self.next = self.first = self.expected = self.known = 0
        self.sent = {}  # number: payload
        self.sent_at = {}
        self.kept = {}
        self.timeout = _TIMEOUT_MS
        self.timer = 0
        self.outbox = []
        self.inbox = []
        self.resets = []
        self.owes = False
        self.unacknowledged = 0
        self.ack_at = None
        self.deaf = False

    def emit(self, kind, payload=b"", seq=None):
        head = bytes((kind << 5 | self.tag >> 8, self.tag & 255, self.next if seq is None else seq, self.expected))
        if kind == HELLO:
            head = bytes(4)
        src = bytearray(head + payload + bytes(4))
        n = len(src) - 4
        dst = bytearray(2 * len(src) + 2)
        self.tx += bytes(dst[: slip.encode(src, 0, n, dst, 0)])

    def leave(self, n):
        data = self.tx[:n]
        self.tx = self.tx[n:]
        return data

    def take(self, data, now):
        pos = 0
        while pos < len(data):
            pos = slip.decode(data, pos, len(data), self.frame, self.decoder)
            if self.decoder[slip.OUTCOME] == slip.FRAME:
                f = bytes(self.frame[: self.decoder[slip.LENGTH]])
                if len(f) >= 8 and slip.intact(f, len(f) - 4):
                    self._frame(f[0] >> 5, (f[0] & 31) << 8 | f[1], f[2], f[3], f[4:-4], now)

    def _frame(self, kind, tag, seq, ack, payload, now):
        if kind == RESET:
            self.resets.append(unpack(payload))
        if kind == WELCOME and not self.tag:
            welcome = unpack(payload)
            if welcome[3] == self.host_id:
                self.tag = tag
                self.window, self.buffer, self.max_payload = welcome[5], welcome[6], welcome[7]
                self.repeats = welcome[9] & self.features & RETRANSMIT
                self.emit(PROBE)
            return
        if not self.tag or tag != self.tag or self.deaf:
            return
        n = (ack - self.first) & 255
        assert n <= len(self.sent), "the device acknowledges what was never sent"
        for _ in range(n):
            del self.sent[self.first]
            self.first = (self.first + 1) & 255
            self.timer = now
            self.timeout = _TIMEOUT_MS
        if kind == DATA:
            ahead = (seq - self.expected) & 255
            if 0 < ahead < 128:
                self.kept[seq] = payload
                self.owes = True
            elif ahead:
                self.owes = True
            else:
                self.kept[seq] = payload
                while self.expected in self.kept:
                    self.inbox.append(self.kept.pop(self.expected))
                    self.expected = (self.expected + 1) & 255
                    self.unacknowledged += 1
                    if self.ack_at is None:
                        self.ack_at = now + 10
            seq = (seq + 1) & 255
        if 0 < (seq - self.expected) & 255 < 128 and (seq - self.known) & 255 < 128:
            if kind != DATA:
                self.owes = True
            self.known = seq
        if (self.known - self.expected) & 255 > 127:
            self.known = self.expected
        if kind == PROBE:
            self.owes = True
        if kind == ACK and payload:
            for i in range(payload[0]):
                if not payload[1 + i // 8] >> i % 8 & 1:
                    number = (ack + i) & 255
                    assert number in self.sent, "a gap that is none"
                    if now - self.sent_at[number] >= _REPORT_MS:
                        self._send(number, now)
                else:
                    assert i, "bit 0 of a gap report"

    def _send(self, number, now):
        self.sent_at[number] = now
        self.emit(DATA, self.sent[number], number)

    def run(self, now):
        """What time and room bring."""
        if not self.tag:
            if now - self.said_at >= 250:
                self.said_at = now
                window, buffer, max_payload = self.offer
                self.emit(HELLO, pack("uartnet", 1, 0, self.host_id, window, buffer, max_payload, 60000, self.features, "model"))
            return
        while self.outbox and len(self.sent) < self.window and len(self.tx) < 2000:
            if sum(len(p) + 8 for p in self.sent.values()) + len(self.outbox[0]) + 8 > self.buffer:
                break
            if not self.sent:
                self.timer = now
            number = self.next
            self.sent[number] = self.outbox.pop(0)
            self.next = (number + 1) & 255
            self.sent_at[number] = now
            self.emit(DATA, self.sent[number], number)
        if self.sent and now - self.timer >= self.timeout:
            self.timer = now
            self.timeout = min(_TIMEOUT_MAX_MS, 2 * self.timeout)
            self._send(self.first, now)
            self.emit(PROBE)
        if self.owes or self.unacknowledged >= 8 or self.ack_at is not None and now >= self.ack_at:
            n = (self.known - self.expected) & 255
            bits = bytearray((n + 7) // 8)
            for i in range(n):
                if (self.expected + i) & 255 in self.kept:
                    bits[i // 8] |= 1 << i % 8
            self.emit(ACK, bytes((n,)) + bytes(bits) if n else b"")
            self.owes = False
            self.unacknowledged = 0
            self.ack_at = None


class Run:
    """Both ends and the line between them; step() is a millisecond. What the device's end delivers is in `received`."""

    def __init__(self, up, down, baud=921600, payload=1024, host=None):
        self.board = FakeBoard(baud, payload)
        self.link = Link(self.board, payload)
        self.link.handler = self
        self.link.boot_id = self.link.last_tag = 77  # a schedule is the same each time
        self.host = host or ModelHost()
        self.up = up
        self.down = down
        self.now = 0
        self.received = []
        self.sent = []  # what the device's end has sent
        self.to_send = []  # as a socket's data: read when there is room
        self.answer = None  # what a message is answered with
        self.ended = 0

    def session_began(self):
        pass

    def session_ended(self):
        self.ended += 1

    def message(self, end):
        message = bytes(self.link.frame[4:end])
        self.received.append(message)
        if self.answer:
            answer = self.answer(message)
            if answer:
                self.link.begin().raw(answer)
                self.sent.append(answer)
                self.link.commit()

    def step(self):
        self.now += 1
        link = self.link
        link.now = self.now
        self.board.rx += self.up.carry(self.now, self.host.leave)
        if self.now % 20 == 0:
            link.tick()
        link.pump(self.to_send)
        while self.board.rx:
            link.receive()
            link.pump(self.to_send)
        while link.tag and self.to_send and link.idle():
            n = min(link.payload_size(), len(self.to_send))
            data = self.to_send[:n]
            self.to_send = self.to_send[n:]
            link.body[:n] = data
            self.sent.append(data)
            link.send(BODY, BODY + n)
        self.host.take(self.down.carry(self.now, self.board.leave), self.now)
        self.host.run(self.now)

    def check(self):
        """What must hold at any time."""
        link = self.link
        o, i = link.outgoing, link.incoming
        assert link.pool.state[1] + o.used + i.used == link.pool_slots, "slots"
        assert o.used <= link.pool_limit and i.used <= i.limit, "slots of one direction"
        lost = pipe = size = 0
        for k in range(o.flight):
            at = (o.first + k) & 63
            lost += o.flags[at] & 1
            pipe += 0 if o.flags[at] & 3 else o.sizes[at]
            size += o.sizes[at]
        assert (lost, pipe, size) == (o.lost, o.pipe, o.flight_bytes), "counts of the window"
        assert pipe <= 6 * (link.max_payload + 8) and size <= o.buffer and o.flight <= o.window, "limits"
        assert i.count == sum(1 for head in i.heads if head != 0xFFFF), "count of those kept"
        assert link.queued <= 2048 + 1024, "answers"
        assert not self.ended and not [r for r in self.host.resets if r[0]], self.host.resets
