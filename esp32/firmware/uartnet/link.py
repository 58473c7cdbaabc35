"""The link: frames, sessions, order and acknowledgement (PROTOCOL.md, sections 3 to 6)."""

import gc
from os import urandom
from time import ticks_add, ticks_diff
from micropython import const

from . import VERSION, slip
from .incoming import WINDOW, Incoming
from .msgpack import Malformed, Reader, Writer, cut
from .outgoing import Outgoing
from .pacing import Pacing
from .pool import SLOT, Pool, slots
from .speed import Speed

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
_RESET_BUSY = const(4)
_RESET_PROTOCOL = const(5)
_RESET_SILENT = const(6)
_RESET_FRAME_LOST = const(7)
_FEATURE_RETRANSMIT = const(1)
_FEATURE_SPEED = const(2)
_LIMIT_WINDOW_FRAMES_MAX = const(127)
_LIMIT_PAYLOAD_BYTES_MIN = const(256)
_LIMIT_PAYLOAD_BYTES_MAX = const(16384)
_LIMIT_HELLO_PAYLOAD_BYTES_MAX = const(256)

_PAYLOAD_MIN = const(70)  # 64 bytes of a stream, and their header
_PLAIN_WINDOW = const(16)  # frames, where a lost one cannot be had again
_POOL_FRAMES_MAX = const(16)  # full frames that wait, both ways together
_POOL_FRAMES_MIN = const(4)
_POOL_PART = const(3)  # of the heap that sockets leave, one part in so many
_BUFFERS = const(8)  # payloads that all buffers and tables beside it take
_SOCKET_BYTES = const(300)  # of the heap that each needs
_RAW_BYTES = const(1024)  # at most: a read costs as much as a few hundred bytes of it
_READS = const(4)  # in one round
_KEEPALIVE_MIN_MS = const(100)
_OFFER_MS = const(10000)
_NO_SESSION_MS = const(100)
_RESPONSES_BYTES = const(2048)  # queued beyond this, the host's frames are kept or dropped: it stops by itself

_FRAME_BYTES = const(10)  # on the line beside the payload: header, check, two END
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
_OWE_SPEED = const(16)
_OWE_RIDE = const(32)  # an acknowledgement that new DATA takes along, as it is about to go: a frame of its own would take the line from it


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
        self.retransmits = 0
        self.timeouts = 0


class Link:
    """States: tag 0 is IDLE, or OFFERED while offer is set; any other tag is ESTABLISHED (section 4.4)."""

    def __init__(self, board, max_payload):
        self.board = board
        self.boot_id = _random(4)
        self.counters = Counters()
        self.handler = None  # of messages: message(end), session_began(), session_ended()
        self.now = 0
        self.clock = lambda: self.now  # ms; the device sets a real one
        self.own_payload = max_payload
        self.own_keepalive = board.config["keepalive"]
        self.takeover = board.config["takeover"]
        self.features = board.features | _FEATURE_RETRANSMIT
        self.agent = "uartnet-firmware/" + VERSION + " " + board.platform

        # First what needs the largest pieces.
        gc.collect()
        room = (gc.mem_free() - _BUFFERS * max_payload - _SOCKET_BYTES * board.channels_max) // _POOL_PART
        frames = min(_POOL_FRAMES_MAX, max(_POOL_FRAMES_MIN, room // max_payload))
        while True:
            self.pool_slots = slots(max_payload) * frames
            try:
                self.pool = Pool(self.pool_slots)
                break
            except MemoryError:  # room enough, but in pieces
                if frames <= _POOL_FRAMES_MIN:
                    raise
                frames -= 1
        # For either direction, so that the other is never without.
        self.pool_limit = self.pool_slots - slots(max_payload) * (frames // 4)
        # What the UART has not taken yet, from head to tail: a full frame, every byte of it escaped, and one of the others.
        self.wire = bytearray(2 * (max_payload + 9) + _CONTROL_BYTES)
        limit = max(max_payload, _LIMIT_HELLO_PAYLOAD_BYTES_MAX) + 8
        self.raw = bytearray(min(max_payload, _RAW_BYTES))  # as it came from the UART
        self.frame = bytearray(limit)  # the frame that arrives
        self.view = memoryview(self.frame)
        self.decoder = slip.state(limit)
        self.reader = Reader(self.frame)
        self.writer = Writer(bytearray(BODY + max_payload + 8))
        self.out = self.writer.buf  # the frame that leaves
        self.out_view = self.writer.view
        self.body = self.out_view[BODY:]
        self.head = 0
        self.tail = 0
        self.incoming = Incoming(self.pool)
        self.outgoing = Outgoing(self.pool, self.pool_limit, self.counters, 0)
        self.pacing = Pacing()
        self.timing(board.baud)
        self.speed = Speed(self)
        self.room = self.outgoing.room

        self.tag = 0
        self.last_tag = 1 + _random(2) % 8191
        self.offer = 0  # tag
        self.offer_hello = None  # what its HELLO said
        self.offered_at = 0
        self.welcome = None  # tag, host_id and features in force of the WELCOME that is owed
        self.hello = None  # what the running session's said
        self.no_session_at = ticks_add(0, -1000)
        self.owe = 0
        self.reset = None  # tag, seq, ack and payload of the RESET that is owed
        self.queue = []  # messages that wait for the window
        self.pause = False  # what has come is to be done before more is read
        self.queued = 0
        self.held = 0  # bytes that calls which wait to begin count for
        self._clear()

    def _clear(self):
        self.pool.clear()
        self.incoming.clear()
        self.outgoing.begin(0, 0, 0, False)
        self.advertised = 0  # the last ack that we sent
        self.unacknowledged = 0  # bytes since then
        self.repeats = False
        self.blocked = False  # the host does not take our answers: what comes is kept or dropped
        self.own_window = 0
        self.max_payload = 0
        self.heard = self.ticked = self.now
        self.probed = self.now
        self.ack_due = None
        self.queue.clear()
        self.queued = 0

    def timing(self, baud):
        """The line has this speed: what is reckoned by it."""
        frame_ms = (self.own_payload + _FRAME_BYTES) * 10000 // baud
        self.ack_delay = min(50, max(1, frame_ms))
        # A stream's frame takes a quarter of a second at most: a few lost in a row would look like silence.
        self.prompt = max(_PAYLOAD_MIN, baud // 40 - _FRAME_BYTES)
        self.pacing.speed(baud, min(self.own_payload, self.prompt) + _FRAME_BYTES)
        self.outgoing.round_trip.floor = 2 * frame_ms + 20
        self.outgoing.round_trip.clear()

    # Receiving

    @micropython.native
    def receive(self):
        """Takes what the UART has, and handles the frames in it."""
        raw = self.raw
        state = self.decoder
        pacing = self.pacing
        self.pause = False
        for i in range(_READS):
            if i:
                self.now = self.clock()  # what is read now may have come since
            n = self.board.read(raw)
            if not n:
                return
            if pacing.on:
                pacing.came(n, self.now)
            pos = 0
            while pos < n:
                pos = slip.decode(raw, pos, n, self.frame, state)
                outcome = state[slip.OUTCOME]
                if outcome:
                    if outcome == slip.FRAME:
                        self._frame(state[slip.LENGTH] - 4)
                    else:
                        self.counters.damaged += 1
                    if self.incoming.count:
                        self._hand_over()
            if n < len(raw) or self.pause:
                return

    @micropython.native
    def _frame(self, end):
        frame = self.frame
        if end < 4 or not slip.intact(frame, end):
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
        outgoing = self.outgoing
        n = (frame[3] - outgoing.first) & 255
        if n and n <= outgoing.flight:
            size = outgoing.flight_bytes
            outgoing.acknowledged(n, self.now)
            if self.pacing.on:
                self.pacing.acknowledged(size - outgoing.flight_bytes, self.now)
        if self.speed.state:
            self.speed.heard()
        if kind == _TYPE_DATA:
            self._data(frame[2], end)
            return
        if kind == _TYPE_RESET:
            self._end()
            return
        if self.incoming.sent(frame[2]):
            self._gap()
            if not self.tag:
                return
        if kind == _TYPE_ACK:
            if end > 4 and self.repeats and frame[3] == outgoing.first:
                outgoing.report(frame, 4, end, self.now)
        elif kind == _TYPE_PROBE:
            self.owe |= _OWE_ACK
        elif kind == _TYPE_SPEED:
            self.speed.frame(end)

    @micropython.native
    def _data(self, seq, end):
        incoming = self.incoming
        ahead = (seq - incoming.expected) & 255
        if ahead > 127 or ahead < self.own_window and incoming.has(seq):
            self.counters.duplicates += 1
            self.owe |= _OWE_ACK
        elif ahead >= self.own_window:
            self.counters.dropped += 1
        elif not ahead and self.queued + self.held < _RESPONSES_BYTES:
            if incoming.known != seq:
                self.owe |= _OWE_ACK  # it has mended a gap, and there may be more
            incoming.advance()
            self._note(end + 4)
            self._deliver(end)
        elif not self.repeats and seq != incoming.known:
            self._gap()
        else:
            # Out of order, or the host does not take our answers: kept, or it comes again.
            known = incoming.known
            kept = incoming.keep(seq, self.frame, 4, end)
            if incoming.sent((seq + 1) & 255) and seq != known:
                self.counters.gaps += 1
            if self.queued + self.held >= _RESPONSES_BYTES:
                self.blocked = True
            elif ahead:
                self.owe |= _OWE_ACK
            if not kept:
                self.counters.dropped += 1
                if not self.repeats:
                    self.fail(_RESET_PROTOCOL, "more than the buffer takes")

    def _hand_over(self):
        """Delivers the kept frames whose turn it is, while there is room for answers. Only between two frames."""
        incoming = self.incoming
        tag = self.tag
        while incoming.count and self.queued + self.held < _RESPONSES_BYTES:
            end = incoming.take(self.frame, 4)
            if not end:
                return
            self.owe |= _OWE_ACK
            self._note(end + 4)
            self._deliver(end)
            if self.tag != tag:
                return

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
        ours = self.tag and self.hello[0] == host_id
        if not ours and self.speed.baud != self.speed.first:
            self.counters.ignored += 1  # which speed would that session begin with?
            return
        if self.tag and not ours and not self.takeover:
            self._owe_reset(0, _RESET_BUSY, host_id, "another host holds this device")
            return
        if not ours and not (self.offer and self.offer_hello[0] == host_id):
            self.last_tag = self.last_tag % 8191 + 1
            self.offer = self.last_tag
            self.offer_hello = (host_id, window, buffer, max_payload, keepalive, features, minor)
        tag = self.tag if ours else self.offer
        if not ours:
            self.offered_at = self.now
        self.welcome = (tag, host_id, features & self.features)
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
        self.repeats = bool(hello[5] & self.features & _FEATURE_RETRANSMIT)
        self.speed.on = self.repeats and bool(hello[5] & self.features & _FEATURE_SPEED)
        self.own_window = WINDOW if self.repeats else _PLAIN_WINDOW
        self.max_payload = min(hello[3], self.own_payload, hello[2] - 8)
        self.incoming.limit = self.pool_limit if self.repeats else self.pool_slots
        self.outgoing.begin(hello[1], hello[2], self.max_payload, self.repeats)
        self.keepalive = max(_KEEPALIVE_MIN_MS, min(hello[4], self.own_keepalive))
        self.writer.limit = BODY + self.max_payload
        self.handler.session_began()

    def _end(self):
        self.tag = 0
        self.hello = None
        self._clear()
        self.owe &= _OWE_WELCOME | _OWE_RESET if self.offer else _OWE_RESET
        self.speed.ended()
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
        self.counters.gaps += 1
        if self.repeats:
            self.owe |= _OWE_ACK
        else:
            # A lost frame cannot be had again: better an end than bytes that lack.
            self.fail(_RESET_FRAME_LOST, "frame %d did not arrive" % self.incoming.expected)

    def _note(self, size):
        """Counts a frame towards the next acknowledgement."""
        self.unacknowledged += size
        if self.ack_due is None:
            self.ack_due = ticks_add(self.now, self.ack_delay)
        if self.unacknowledged >= 2 * self.own_payload or (self.incoming.expected - self.advertised) & 255 >= self.own_window >> 2:
            self.owe |= _OWE_RIDE

    @micropython.native
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
        if not self.queue and self.can_send(pos - BODY):
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

    def can_send(self, n):
        """True if a new DATA with n bytes of payload may go now, by the outgoing frames, the wire and the pace."""
        return self.tail + 2 * (n + 9) <= len(self.wire) and self.speed.state < 2 and self.room(n) and not self.pacing.wait(self.now)

    def payload_size(self):
        """Payload that a stream's pieces should have at most: less on a slow or bad line."""
        return min(self.outgoing.payload, self.prompt)

    def idle(self):
        """True if a channel's data may go now: nothing else waits."""
        return not self.queue and self.can_send(self.outgoing.payload)

    @micropython.native
    def send(self, start, end):
        """Sends the payload out[start:end] as DATA. Only after can_send()."""
        if self.pacing.on:
            self.pacing.new(self.outgoing.flight_bytes, self.now)
        seq = self.outgoing.add(self.out, start, end, self.now)
        self._emit(_TYPE_DATA, self.tag, start, end, seq, self.incoming.expected)

    @micropython.native
    def _emit(self, kind, tag, start, end, seq, ack):
        out = self.out
        start -= 4
        out[start] = kind << 5 | tag >> 8
        out[start + 1] = tag & 255
        out[start + 2] = seq
        out[start + 3] = ack
        tail = self.tail
        self.tail = slip.encode(out, start, end, self.wire, tail)
        if self.pacing.on:
            self.pacing.sent(self.tail - tail, self.now)
        self.flush()
        # Every frame of the session acknowledges, but only an ACK reports a gap.
        if tag and tag == self.tag and (kind == _TYPE_ACK or not self.incoming.holes()):
            self.advertised = ack
            self.unacknowledged = 0
            self.ack_due = None
            self.owe &= ~(_OWE_ACK | _OWE_RIDE)

    def flush(self):
        """Gives the UART what it takes."""
        head = self.head
        tail = self.tail
        if head < tail:
            n = self.board.write(self.wire, head, tail - head)
            if n:
                head += n
            if head == tail:
                head = tail = 0
            self.head = head
            self.tail = tail

    @micropython.native
    def pump(self, more):
        """Sends what is owed, lost and queued, as far as wire and window allow. more: true if channels have data to send."""
        if self.head < self.tail:
            self.flush()
        if self.owe & _OWE_RIDE or self.ack_due is not None and ticks_diff(self.now, self.ack_due) >= 0:
            self.owe |= _OWE_RIDE if (more or self.queue) and self._rides() else _OWE_ACK
        if self.owe & (_OWE_ACK | _OWE_PROBE) == _OWE_ACK and self.incoming.holes():
            self._settle()
        outgoing = self.outgoing
        while outgoing.lost and self.speed.state < 3:
            end = outgoing.again(self.out, BODY, (len(self.wire) - self.tail >> 1) - 9, self.now)
            if not end:
                break
            self._emit(_TYPE_DATA, self.tag, BODY, end, outgoing.seq, self.incoming.expected)
        while self.queue and self.can_send(len(self.queue[0])):
            message = self.queue.pop(0)
            n = len(message)
            self.queued -= n
            self.body[:n] = message
            self.send(BODY, BODY + n)
        if self.blocked and self.queued + self.held < _RESPONSES_BYTES:
            # The answers have gone: on with what has waited for that.
            state = self.decoder
            if state[slip.OUTCOME] or not state[slip.LENGTH]:
                self.blocked = False
                self._hand_over()
                if self.incoming.holes():
                    self.owe |= _OWE_ACK
        self._settle()

    def _rides(self):
        """True if new DATA, where there is some, goes as soon as the pace lets it, and takes the acknowledgement along."""
        return self.speed.state < 2 and self.room(self.outgoing.payload) and not self.incoming.holes()

    def _settle(self):
        """Pays what is owed, as far as the wire takes it."""
        while self.owe & ~_OWE_RIDE and self.tail + _CONTROL_BYTES <= len(self.wire):
            self._pay()

    @micropython.native
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
            tag, host_id, features = self.welcome
            window = WINDOW
            buffer = SLOT * self.pool_limit
            if not features & _FEATURE_RETRANSMIT:
                # What does not fit cannot come again: without the slots that small frames leave half empty.
                window = _PLAIN_WINDOW
                buffer = SLOT * (self.pool_slots - _PLAIN_WINDOW)
            w.put((
                "uartnet", _PROTOCOL_MAJOR, _PROTOCOL_MINOR, host_id, self.boot_id, window, buffer,
                self.own_payload, self.own_keepalive, self.features, self.agent,
            ))
            self._emit(_TYPE_WELCOME, tag, BODY, w.pos, 0, 0)
        else:
            kind = _TYPE_ACK
            incoming = self.incoming
            end = BODY
            if owe & _OWE_SPEED:
                self.owe = owe & ~_OWE_SPEED
                kind = _TYPE_SPEED
                w.put(self.speed.said)
                end = w.pos
            elif owe & _OWE_PROBE:
                self.owe = owe & ~_OWE_PROBE
                kind = _TYPE_PROBE
            else:
                self.owe = 0
                if incoming.holes():
                    end = incoming.report(self.out, BODY)
            self._emit(kind, self.tag, BODY, end, self.outgoing.next, incoming.expected)
        w.limit = limit

    def _owe_reset(self, tag, reason, host_id, text):
        ours = tag and tag == self.tag
        payload = (reason, host_id, self.boot_id, text)
        self.reset = (tag, self.outgoing.next if ours else 0, self.incoming.expected if ours else 0, payload)
        self.owe |= _OWE_RESET

    def drained(self):
        """True if nothing of what a change of speed waits for is left here."""
        return self.head == self.tail and not self.owe & (_OWE_SPEED | _OWE_RESET)

    def leave_trial(self):
        """Silence counts again: what is left until it ends the session is enough to find each other."""
        if self.tag and ticks_diff(self.now, self.heard) > self.keepalive:
            self.heard = ticks_add(self.now, -self.keepalive)

    def booted(self):
        """Tells a host that waits that we are ready, and that whatever was before is over."""
        self._owe_reset(0, _RESET_BOOT, 0, "ready")

    def tick(self):
        """What time brings: an offer or a session that is over, and keepalive."""
        now = self.now
        before = self.ticked
        self.ticked = now
        if self.offer and ticks_diff(now, self.offered_at) >= _OFFER_MS:
            self._withdraw()
        speed = self.speed
        if speed.state:
            speed.tick(now)
        if self.tag and not 2 < speed.state < 5:
            # What had come by the last tick has been read since, what came later maybe not.
            sure = max(0, ticks_diff(before, self.heard))
            silent = ticks_diff(now, self.heard)
            if silent > sure + self.keepalive:
                # The loop was held up, and so may have been the other end: counts as one interval.
                silent = sure + self.keepalive
                self.heard = ticks_add(now, -silent)
            if 2 * sure >= 5 * self.keepalive:
                self.fail(_RESET_SILENT, "nothing heard for %d ms" % silent)
                return
            if 2 * sure >= 3 * self.keepalive:
                speed.silence()
            if silent >= self.keepalive and 2 * ticks_diff(now, self.probed) >= self.keepalive:
                self.probed = now
                self.owe |= _OWE_PROBE
            if speed.state < 3 and self.outgoing.expired(now):
                # A PROBE behind the oldest frame: its answer tells what else is lost.
                self.owe |= _OWE_PROBE
