"""Our DATA frames that are not acknowledged: kept, found lost, and given out again (PROTOCOL.md, section 5)."""

from array import array
from time import ticks_diff
from micropython import const

from .pool import slots
from .roundtrip import RoundTrip

_PLACES = const(64)  # frames in flight at most: 3 KB of small ones are 10 ms at 3,000,000 baud
_PIPE_FRAMES = const(6)
_FRAME_BYTES = const(10)  # on the line beside the payload: header, check, two END
_PIECE_BYTES = const(64)  # of a stream in a frame at least, however bad the line is
_DATA_BYTES = const(6)  # of a message with a channel's bytes, beside them
_SENT_BYTES = const(131072)  # at which both counts of the frame's size are halved
_LOSSES_MIN = 0.001  # less says nothing for any size of frame, and would end as a division by next to nothing
_CALM_BYTES = const(16384)  # added to those sent: one loss does not make a bad line
_AGAIN_BYTES = const(2048)  # sent between two reckonings

# A frame with neither of the first two is in the pipe.
_LOST = const(1)  # waits to be sent again
_ARRIVED = const(2)  # the host keeps it, behind a gap
_REPEATED = const(4)


class Outgoing:
    def __init__(self, pool, limit, counters, timeout_floor):
        self.pool = pool
        self.limit = limit  # slots
        self.counters = counters
        self.round_trip = RoundTrip(timeout_floor)
        self.sizes = array("H", bytes(2 * _PLACES))  # payloads and 8 each
        self.heads = array("H", bytes(2 * _PLACES))  # first slots
        self.sent_at = array("i", bytes(4 * _PLACES))
        self.first_order = array("H", bytes(2 * _PLACES))  # when among all that was sent, the first time
        self.last_order = array("H", bytes(2 * _PLACES))
        self.flags = bytearray(_PLACES)
        self.begin(0, 0, 0, False)

    def begin(self, window, buffer, max_payload, repeats):
        """Another session; the pool is cleared by whoever shares it out."""
        self.window = min(window, _PLACES)
        self.buffer = buffer
        self.max_payload = max_payload
        self.repeats = repeats
        self.pipe_max = _PIPE_FRAMES * (max_payload + 8)
        self.next = 0  # number of the next new frame
        self.first = 0  # the oldest one not acknowledged
        self.flight = 0
        self.flight_bytes = 0
        self.pipe = 0  # bytes
        self.lost = 0  # frames that wait to be sent again
        self.used = 0  # slots
        self.order = 1
        self.top = 0  # the highest first order of what has arrived
        self.timer = 0  # since when we wait for the oldest
        self.timed_out = None  # when the oldest went before its time was up
        self.payload = max_payload  # for a stream's pieces, by the losses
        self.sent = 0
        self.losses = 0
        self.reckon_at = _AGAIN_BYTES
        self.round_trip.clear()

    def room(self, n):
        """True if a new frame with n bytes of payload may go, by the host's offer, the pipe and our memory."""
        size = n + 8
        if self.flight >= self.window or self.flight_bytes + size > self.buffer or self.pipe + size > self.pipe_max or self.lost:
            return False
        if not self.repeats:
            return True
        n = slots(n)
        return n <= self.pool.state[1] and self.used + n <= self.limit

    @micropython.native
    def add(self, src, start, end, now):
        """Takes in a new frame that goes now; returns its number. Only after room()."""
        seq = self.next
        i = seq & (_PLACES - 1)
        n = end - start
        if self.repeats:
            self.heads[i] = self.pool.put(src, start, end)
            self.used += slots(n)
        if not self.flight:
            self.timer = now
        self.next = (seq + 1) & 255
        self.flight += 1
        self.flight_bytes += n + 8
        self.sizes[i] = n + 8
        self.flags[i] = 0
        self.first_order[i] = self.order
        self._goes(i, now)
        return seq

    def _goes(self, i, now):
        size = self.sizes[i]
        self.pipe += size
        self.sent_at[i] = now
        self.last_order[i] = self.order
        self.order = (self.order + 1) & 0xFFFF
        self.sent += size + _FRAME_BYTES - 8
        if self.sent >= self.reckon_at:
            self._reckon()

    def again(self, dst, start, room, now):
        """Copies the oldest lost frame, which goes now, to dst[start:] if it has at most `room` bytes; returns its end, or 0. Its number is in `seq`."""
        seq = self.first
        while not self.flags[seq & (_PLACES - 1)] & _LOST:
            seq += 1
        i = seq & (_PLACES - 1)
        end = start + self.sizes[i] - 8
        if end - start > room:
            return 0
        self.pool.get(self.heads[i], 0, dst, start, end)
        self.flags[i] = _REPEATED
        self.lost -= 1
        self.counters.retransmits += 1
        self.seq = seq & 255
        if self.seq == self.first:
            self.timer = now
        self._goes(i, now)
        return end

    @micropython.native
    def acknowledged(self, n, now):
        """The host has the n oldest frames."""
        seq = self.first
        flags = 0
        for _ in range(n):
            i = seq & (_PLACES - 1)
            size = self.sizes[i]
            self.flight_bytes -= size
            flags = self.flags[i]
            if flags & _LOST:
                self.lost -= 1
            elif not flags & _ARRIVED:
                self.pipe -= size
            if self.repeats:
                k = slots(size - 8)
                self.pool.free(self.heads[i], k)
                self.used -= k
            self._arrived(i)
            seq = (seq + 1) & 255
        if not flags & (_REPEATED | _ARRIVED):
            self.round_trip.sample(ticks_diff(now, self.sent_at[i]))
        else:
            self.round_trip.progress(0 if n > 1 or self.timed_out is None else ticks_diff(now, self.timed_out))
        self.timed_out = None
        self.first = seq
        self.flight -= n
        self.timer = now

    def _arrived(self, i):
        order = self.first_order[i]
        if (order - self.top) & 0xFFFF < 0x8000:
            self.top = order

    def report(self, buf, pos, end, now):
        """The gap report buf[pos:end], about the frames from the oldest on: marks the lost ones."""
        n = buf[pos]
        if 1 + (n + 7 >> 3) > end - pos:
            return
        pos += 1
        n = min(n, self.flight)
        first = self.first
        flags = self.flags
        k = _next(buf, pos, 0, n, 1, first, flags, _ARRIVED)
        while k < n:
            i = (first + k) & (_PLACES - 1)
            if flags[i] & _LOST:
                self.lost -= 1
            else:
                self.pipe -= self.sizes[i]
            flags[i] = flags[i] & ~_LOST | _ARRIVED
            self._arrived(i)
            k = _next(buf, pos, k + 1, n, 1, first, flags, _ARRIVED)
        late = self.round_trip.smoothed()
        k = _next(buf, pos, 0, n, 0, first, flags, _LOST)
        while k < n:
            i = (first + k) & (_PLACES - 1)
            # A line keeps the order: what went before something that has arrived, and is not there, is lost.
            if 0 < (self.top - self.last_order[i]) & 0xFFFF < 0x8000 or ticks_diff(now, self.sent_at[i]) >= late:
                self._lose(i)
            k = _next(buf, pos, k + 1, n, 0, first, flags, _LOST)

    def _lose(self, i):
        flags = self.flags[i]
        if flags & _LOST:
            return
        if not flags & _ARRIVED:
            self.pipe -= self.sizes[i]
        self.flags[i] = flags & _REPEATED | _LOST
        self.lost += 1
        self.losses += 1
        self._reckon()

    def expired(self, now):
        """True if the timer has fired: then the oldest frame goes again."""
        if not self.flight or not self.repeats or ticks_diff(now, self.timer) < self.round_trip.timeout:
            return False
        self.timer = now
        self.counters.timeouts += 1
        self.round_trip.back_off()
        i = self.first & (_PLACES - 1)
        if self.timed_out is None:
            self.timed_out = self.sent_at[i]
        self._lose(i)
        return True

    def _reckon(self):
        """The size of frame that wastes the least of a line which loses so much."""
        if self.sent >= _SENT_BYTES:
            self.sent >>= 1
            self.losses = self.losses / 2 if self.losses > _LOSSES_MIN else 0
        self.reckon_at = self.sent + _AGAIN_BYTES
        best = self.max_payload
        if self.losses:
            best = int((16 * (_CALM_BYTES + self.sent) / self.losses) ** 0.5) - _FRAME_BYTES
        self.payload = min(self.max_payload, max(_PIECE_BYTES + _DATA_BYTES, best))


@micropython.viper
def _next(report: ptr8, pos: int, k: int, n: int, bit: int, first: int, flags: ptr8, known: int) -> int:
    """The next frame from k on that is reported so, and does not have the flag `known`; n if there is none."""
    while k < n:
        if int(report[pos + (k >> 3)]) >> (k & 7) & 1 == bit:
            if not int(flags[(first + k) & (_PLACES - 1)]) & known:
                return k
        k += 1
    return n
