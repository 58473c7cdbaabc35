"""The link: frames, sessions, order and acknowledgement (PROTOCOL.md, sections 3 to 5)."""

from array import array
from binascii import crc32
from os import urandom
from time import ticks_add, ticks_diff
from micropython import const

from . import VERSION, slip
from .msgpack import Malformed, Reader, Writer, cut

_PROTOCOL_MAJOR = const(1)
_PROTOCOL_MINOR = const(0)
_TYPE_HELLO = const(0)
_TYPE_WELCOME = const(1)
_TYPE_DATA = const(2)
_TYPE_ACK = const(3)
_TYPE_PROBE = const(4)
_TYPE_RESET = const(5)
_TYPE_SPEED = const(6)
_RESET_BOOT = const(0)
_RESET_NO_SESSION = const(1)
_RESET_VERSION = const(3)
_RESET_PROTOCOL = const(5)
_RESET_SILENT = const(6)
_RESET_FRAME_LOST = const(7)
_LIMIT_WINDOW_FRAMES_MAX = const(127)
_LIMIT_PAYLOAD_BYTES_MIN = const(256)
_LIMIT_PAYLOAD_BYTES_MAX = const(16384)
_LIMIT_HELLO_PAYLOAD_BYTES_MAX = const(256)

WINDOW = const(16)  # frames that either side may have in flight; section 5 bounds both by it
_KEEPALIVE_MS = const(1000)
_OFFER_MS = const(10000)
_NO_SESSION_MS = const(100)
_RESPONSES_BYTES = const(2048)  # queued beyond this, the host's frames are no longer acknowledged: it stops by itself

BODY = const(16)  # where a payload begins in `out`; a channel's data begins here too, with its headers before it
_START = const(12)  # frame header of a payload at BODY
_TEXT_BYTES = const(200)  # of a failure's words
_FAILURE_BYTES = const(24)  # of an ERROR or a CHANNEL_CLOSE at most, without its text
_CONTROL_BYTES = const(560)  # on the wire at most, for a frame other than DATA

# What has to be sent as soon as the wire has room.
_OWE_ACK = const(1)
_OWE_PROBE = const(2)
_OWE_WELCOME = const(4)
_OWE_RESET = const(8)


def _random(n):
    value = 0
    for b in urandom(n):
        value = value << 8 | b
    return value


class Counters:
    """What the line did to us, since boot."""

    def __init__(self):
        self.frames = 0
        self.damaged = 0
        self.stale = 0
        self.dropped = 0
        self.duplicates = 0
        self.gaps = 0
        self.ignored = 0


class Link:
    """States: tag 0 is IDLE, or OFFERED while offer is set; any other tag is ESTABLISHED (section 4.4)."""

    def __init__(self, board, max_payload):
        self.board = board
        self.boot_id = _random(4)
        self.counters = Counters()
        self.handler = None  # of messages: message(end), session_began(), session_ended()
        self.now = 0
        self.own_payload = max_payload
        self.own_buffer = WINDOW * (max_payload + 8)
        self.features = board.features
        self.agent = "uartnet-firmware/" + VERSION + " " + board.platform

        limit = max(max_payload, _LIMIT_HELLO_PAYLOAD_BYTES_MAX) + 8
        self.raw = bytearray(2 * limit)  # as it came from the UART
        self.frame = bytearray(limit)  # the frame that arrives
        self.view = memoryview(self.frame)
        self.decoder = slip.state(limit)
        self.reader = Reader(self.frame)
        self.writer = Writer(bytearray(BODY + max_payload + 8))
        self.out = self.writer.buf  # the frame that leaves
        self.out_view = self.writer.view
        self.body = self.out_view[BODY:]
        self.full = 2 * (max_payload + 8) + 2  # the largest frame on the wire
        self.wire = bytearray(2 * self.full)  # what the UART has not taken yet, from head to tail
        self.wire_view = memoryview(self.wire)
        self.head = 0
        self.tail = 0
        self.ack_delay = min(50, max(1, (max_payload + 10) * 10000 // board.baud))

        self.tag = 0
        self.last_tag = 1 + _random(2) % 8191
        self.offer = 0  # tag
        self.offer_hello = None  # what its HELLO said
        self.offered_at = 0
        self.welcome = None  # tag and host_id of the WELCOME that is owed
        self.hello = None  # what the running session's said
        self.no_session_at = ticks_add(0, -1000)
        self.owe = 0
        self.reset = None  # tag, seq, ack and payload of the RESET that is owed
        self.queue = []  # messages that wait for the window
        self.queued = 0
        self.sizes = array("H", bytes(512))
        self._clear()

    def _clear(self):
        self.next = 0  # number of our next DATA
        self.first = 0  # oldest number not acknowledged
        self.flight = 0
        self.flight_bytes = 0
        self.expected = 0
        self.advertised = 0  # the last ack that we sent
        self.unacknowledged = 0  # bytes since then
        self.window = 0
        self.buffer = 0
        self.max_payload = 0
        self.heard = self.now
        self.probed = self.now
        self.ack_due = None
        self.queue.clear()
        self.queued = 0

    # Receiving

    def receive(self):
        """Takes what the UART has, and handles the frames in it."""
        raw = self.raw
        n = self.board.read(raw)
        if not n:
            return
        state = self.decoder
        pos = 0
        while pos < n:
            pos = slip.decode(raw, pos, n, self.frame, state)
            outcome = state[slip.OUTCOME]
            if outcome == slip.FRAME:
                self._frame(state[slip.LENGTH] - 4)
            elif outcome == slip.DAMAGED:
                self.counters.damaged += 1

    def _frame(self, end):
        frame = self.frame
        if end < 4 or not slip.intact(frame, end, crc32(self.view[:end])):
            self.counters.damaged += 1
            return
        kind = frame[0] >> 5
        tag = (frame[0] & 31) << 8 | frame[1]
        if kind == _TYPE_HELLO:
            self._hello(end, tag)
            return
        if kind == _TYPE_WELCOME or kind > _TYPE_SPEED:
            self.counters.dropped += 1
            return
        if not tag or tag != self.tag:
            if not tag or tag != self.offer:
                self._stranger(kind, tag)
                return
            if kind == _TYPE_RESET:
                self.counters.stale += 1
                self._withdraw()
                return
            self._begin()
        self.counters.frames += 1
        self.heard = self.now
        self.probed = self.now
        n = (frame[3] - self.first) & 255
        if n and n <= self.flight:
            self._acknowledged(n)
        ahead = (frame[2] - self.expected) & 255
        if kind == _TYPE_DATA:
            if ahead == 0:
                self.expected = (self.expected + 1) & 255
                self._note(end + 4)
                self._deliver(end)
            elif ahead < WINDOW:
                self._gap()
            elif ahead > 127:
                self.counters.duplicates += 1
                self.owe |= _OWE_ACK
            else:
                self.counters.dropped += 1
        elif kind == _TYPE_RESET:
            self._end()
        elif 0 < ahead < 128:
            self._gap()
        elif kind == _TYPE_PROBE:
            self.owe |= _OWE_ACK
        elif kind == _TYPE_SPEED:
            self.counters.ignored += 1

    def _stranger(self, kind, tag):
        self.counters.stale += 1
        if kind == _TYPE_RESET or not tag or self.tag or self.offer or self.owe & _OWE_RESET:
            return
        if ticks_diff(self.now, self.no_session_at) >= _NO_SESSION_MS:
            self.no_session_at = self.now
            self._owe_reset(tag, _RESET_NO_SESSION, 0, "")

    def _hello(self, end, tag):
        r = self.reader.start(4, end)
        try:
            n = r.array()
            if tag or n < 3 or r.text() != "uartnet":
                raise Malformed
            major = r.int(0, 0xFFFF)
            minor = r.int(0, 0xFFFF)
            if major != _PROTOCOL_MAJOR:
                host_id = r.value() if n > 3 else 0
                text = "this device speaks version %d.%d" % (_PROTOCOL_MAJOR, _PROTOCOL_MINOR)
                self._owe_reset(0, _RESET_VERSION, host_id if isinstance(host_id, int) else 0, text)
                return
            if n < 10:
                raise Malformed
            host_id = r.int(0, 0xFFFFFFFF)
            window = r.int(1, _LIMIT_WINDOW_FRAMES_MAX)
            buffer = r.int(2 * _LIMIT_PAYLOAD_BYTES_MIN, 0x3FFFFFFF)
            max_payload = r.int(_LIMIT_PAYLOAD_BYTES_MIN, _LIMIT_PAYLOAD_BYTES_MAX)
            keepalive = r.int(0, 0x3FFFFFFF)
            features = r.int(0, 0xFFFFFFFF)
            r.text()
            r.skip(n - 10)
            if r.pos != end:
                raise Malformed
        except Malformed:
            self.counters.dropped += 1
            return
        self.counters.frames += 1
        if not (self.tag and self.hello[0] == host_id) and not (self.offer and self.offer_hello[0] == host_id):
            self.last_tag = self.last_tag % 8191 + 1
            self.offer = self.last_tag
            self.offer_hello = (host_id, window, buffer, max_payload, keepalive, features, minor)
        if self.tag and self.hello[0] == host_id:
            self.welcome = (self.tag, host_id)
        else:
            self.welcome = (self.offer, host_id)
            self.offered_at = self.now
        self.owe |= _OWE_WELCOME

    def _withdraw(self):
        """Forgets the offer; a session beside it stays as it is."""
        if self.welcome[0] == self.offer:
            self.owe &= ~_OWE_WELCOME
        self.offer = 0
        self.offer_hello = None

    def _begin(self):
        hello = self.offer_hello
        tag = self.offer
        if self.tag:
            self._end()
        self.offer = 0
        self.offer_hello = None
        self._clear()
        self.owe &= _OWE_RESET
        self.tag = tag
        self.hello = hello
        self.window = min(hello[1], WINDOW)
        self.buffer = hello[2]
        self.max_payload = min(hello[3], self.own_payload, self.buffer - 8)
        self.keepalive = max(100, min(hello[4], _KEEPALIVE_MS))
        self.writer.limit = BODY + self.max_payload
        self.handler.session_began()

    def _end(self):
        self.tag = 0
        self.hello = None
        self._clear()
        self.owe &= _OWE_WELCOME | _OWE_RESET if self.offer else _OWE_RESET
        self.handler.session_ended()

    def fail(self, reason, text):
        """Ends the session from our side."""
        if self.tag:
            self._owe_reset(self.tag, reason, 0, text)
            self._end()

    def starved(self):
        """Memory has run out somewhere in between: what was lost with it nobody knows."""
        self.fail(_RESET_FRAME_LOST, "out of memory")

    def _gap(self):
        # Without retransmission a lost frame cannot be had again: better an end than bytes that lack.
        self.counters.gaps += 1
        self.fail(_RESET_FRAME_LOST, "frame %d did not arrive" % self.expected)

    def _acknowledged(self, n):
        first = self.first
        sizes = self.sizes
        for _ in range(n):
            self.flight_bytes -= sizes[first]
            first = (first + 1) & 255
        self.first = first
        self.flight -= n

    def _note(self, size):
        """Counts a frame towards the next acknowledgement."""
        self.unacknowledged += size
        if self.ack_due is None:
            self.ack_due = ticks_add(self.now, self.ack_delay)
        if self.unacknowledged >= 2 * self.own_payload or (self.expected - self.advertised) & 255 >= WINDOW // 4:
            self.owe |= _OWE_ACK

    def _deliver(self, end):
        try:
            self.handler.message(end)
        except Malformed:
            self.fail(_RESET_PROTOCOL, "malformed message")

    # Sending

    def begin(self):
        """The writer for one message; commit() sends it."""
        self.writer.pos = BODY
        return self.writer

    def commit(self):
        """Sends the message in the writer, or queues it; these go before all data."""
        if not self.tag:
            return
        pos = self.writer.pos
        if not self.queue and self.can_send():
            self.send(BODY, pos)
        else:
            self.queue.append(bytes(self.out_view[BODY:pos]))
            self.queued += pos - BODY

    def report(self, kind, number, reason):
        """Sends an ERROR or a CHANNEL_CLOSE: both have one form. Its text may be of any length, the frame may not."""
        w = self.begin()
        text = cut(reason.text, min(_TEXT_BYTES, w.limit - BODY - _FAILURE_BYTES))
        w.put((kind, number, reason.code, text, reason.errno))
        self.commit()

    def can_send(self):
        """True if one more DATA of full size may go now, by the host's window and by the wire."""
        return (
            self.flight < self.window
            and self.flight_bytes + self.max_payload + 8 <= self.buffer
            and self.tail + self.full <= len(self.wire)
        )

    def idle(self):
        """True if a channel's data may go now: nothing else waits."""
        return not self.queue and self.can_send()

    def send(self, start, end):
        """Sends the payload out[start:end] as DATA. Only after can_send()."""
        seq = self.next
        size = end - start + 8
        self.sizes[seq] = size
        self._emit(_TYPE_DATA, self.tag, start, end)
        self.next = (seq + 1) & 255
        self.flight += 1
        self.flight_bytes += size

    def _emit(self, kind, tag, start, end, seq=0, ack=0):
        out = self.out
        start -= 4
        out[start] = kind << 5 | tag >> 8
        out[start + 1] = tag & 255
        if tag and tag == self.tag:
            if self.queued < _RESPONSES_BYTES:
                self.advertised = self.expected
                self.unacknowledged = 0
                self.ack_due = None
                self.owe &= ~_OWE_ACK
            seq = self.next
            ack = self.advertised
        out[start + 2] = seq
        out[start + 3] = ack
        self.tail = slip.encode(out, start, end, crc32(self.out_view[start:end]), self.wire, self.tail)
        self.flush()

    def flush(self):
        """Gives the UART what it takes."""
        head = self.head
        tail = self.tail
        if head < tail:
            n = self.board.write(self.wire_view[head:tail])
            if n:
                head += n
            if head == tail:
                head = tail = 0
            self.head = head
            self.tail = tail

    def pump(self):
        """Sends what is owed and what is queued, as far as wire and window allow."""
        if self.head < self.tail:
            self.flush()
        if self.ack_due is not None and ticks_diff(self.now, self.ack_due) >= 0:
            self.owe |= _OWE_ACK
        while self.queue and self.can_send():
            message = self.queue.pop(0)
            n = len(message)
            self.queued -= n
            self.body[:n] = message
            self.send(BODY, BODY + n)
        while self.owe and self.tail + _CONTROL_BYTES <= len(self.wire):
            self._pay()

    def _pay(self):
        owe = self.owe
        w = self.writer
        limit = w.limit
        w.limit = BODY + _LIMIT_HELLO_PAYLOAD_BYTES_MAX
        w.pos = BODY
        if owe & _OWE_RESET:
            self.owe = owe & ~_OWE_RESET
            tag, seq, ack, payload = self.reset
            w.put(payload)
            self._emit(_TYPE_RESET, tag, BODY, w.pos, seq, ack)
        elif owe & _OWE_WELCOME:
            self.owe = owe & ~_OWE_WELCOME
            tag, host_id = self.welcome
            w.put((
                "uartnet", _PROTOCOL_MAJOR, _PROTOCOL_MINOR, host_id, self.boot_id, WINDOW, self.own_buffer,
                self.own_payload, _KEEPALIVE_MS, self.features, self.agent,
            ))
            self._emit(_TYPE_WELCOME, tag, BODY, w.pos)
        elif owe & _OWE_PROBE:
            self.owe = owe & ~_OWE_PROBE
            self._emit(_TYPE_PROBE, self.tag, BODY, BODY)
        else:
            self.owe = 0
            self._emit(_TYPE_ACK, self.tag, BODY, BODY)
            if self.queued >= _RESPONSES_BYTES:
                # Held back on purpose: said again when the queue is shorter.
                self.ack_due = ticks_add(self.now, 50)
        w.limit = limit

    def _owe_reset(self, tag, reason, host_id, text):
        ours = tag and tag == self.tag
        payload = (reason, host_id, self.boot_id, text)
        self.reset = (tag, self.next if ours else 0, self.expected if ours else 0, payload)
        self.owe |= _OWE_RESET

    def booted(self):
        """Tells a host that waits that we are ready, and that whatever was before is over."""
        self._owe_reset(0, _RESET_BOOT, 0, "ready")

    def tick(self):
        """What time brings: an offer or a session that is over, and keepalive."""
        now = self.now
        if self.offer and ticks_diff(now, self.offered_at) >= _OFFER_MS:
            self._withdraw()
        if self.tag:
            if ticks_diff(now, self.heard) >= 3 * self.keepalive:
                self.fail(_RESET_SILENT, "nothing heard for %d ms" % (3 * self.keepalive))
            elif ticks_diff(now, self.probed) >= self.keepalive:
                self.probed = now
                self.owe |= _OWE_PROBE
