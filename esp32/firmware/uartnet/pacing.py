"""When new frames may go: so many bytes ahead of the wire, and not as many as every buffer in front of it takes.

A frame's ack field is written when the frame is encoded; behind a long queue acknowledgements are late, and the host's pipe runs dry.

States: PACED, or not (`on` is False: the line has proved faster than its nominal speed). Only another speed begins anew.
"""

from time import ticks_diff
from micropython import const

_AHEAD_FRAMES2 = const(3)  # twice the full frames that may be ahead when a new one goes
_AHEAD_MS = const(3)  # and at least
_RECEIVED_BYTES = const(65536)  # beyond what the nominal speed brings: more than buffers before us hold


class Pacing:
    """Reckons in thousandths of a byte and whole milliseconds: the clock's rounding shifts a frame, but not the rate."""

    def __init__(self):
        self.ahead = 0  # given to the wire, and not sent yet at the nominal speed
        self.at = 0
        self.received = 0
        self.received_at = 0

    def speed(self, baud, frame):
        """The line has this nominal speed, and full frames so many bytes."""
        self.on = True
        self.per_ms = baud // 10
        self.most = max(500 * _AHEAD_FRAMES2 * frame, _AHEAD_MS * self.per_ms)
        self.received = 0
        self.began = None  # ms: since then DATA has kept the wire busy, or shown it faster
        self.proved = 0  # bytes of what was sent since then that the host has; below 0: what it has to acknowledge before

    def _faster(self):
        self.on = False
        self.ahead = 0

    def _pass(self, now):
        if self.ahead:
            self.ahead -= ticks_diff(now, self.at) * self.per_ms
            if self.ahead <= 0:
                self.ahead = 0
                self.began = None
        self.at = now

    def wait(self, now):
        """Milliseconds until a new frame may go."""
        if not self.ahead:
            return 0
        self._pass(now)
        over = self.ahead - self.most
        return 0 if over <= 0 else (over + self.per_ms - 1) // self.per_ms

    def new(self, flight, now):
        """A new DATA frame is about to go, behind so many bytes in flight."""
        self._pass(now)
        if self.began is None or not flight and 1000 * self.proved <= ticks_diff(now, self.began) * self.per_ms:
            self.began = now
            self.proved = -flight

    def sent(self, n, now):
        """So many bytes, of any frame, are on their way to the wire."""
        self._pass(now)
        self.ahead += 1000 * n

    def acknowledged(self, n, now):
        """The host has n bytes more. `now` must not be earlier than they came."""
        if self.began is not None:
            self.proved += n
            # All of it in less than 3/4 of its time, with the millisecond that the clock may hide.
            if 750 * self.proved > (ticks_diff(now, self.began) + 1) * self.per_ms:
                self._faster()

    def came(self, n, now):
        """The host has sent n bytes, and they are read."""
        passed = abs(ticks_diff(now, self.received_at))  # half the clock's range looks like the past
        self.received = max(0, self.received - passed * self.per_ms) + 1000 * n
        self.received_at = now
        if self.received > 1000 * _RECEIVED_BYTES:
            self._faster()
