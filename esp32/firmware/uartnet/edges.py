"""Edges of pins (PROTOCOL.md, section 8)."""

import machine
from array import array
from time import ticks_add, ticks_diff, ticks_us
from micropython import const

from . import pins
from .failure import check
from .msgpack import is_int
from .pins import known, refuse, stamp
from .sockets import OPERATIONS

_OP_PIN_WATCH = const(99)
_EDGES = const(64)  # that wait for the host
_TICKS = const(0x3FFFFFFF)  # what ticks_us() counts to at least
_DEBOUNCE_US_MAX = const(60000000)
_SERVE_MS = const(5)  # how long an edge waits for the loop
_SILENT_MS = const(40)  # how long the level may be another than the last edge's before we know that its interrupt was lost


class Watch:
    """The edges of one pin: a ring that the interrupt fills and the loop empties.

    The interrupt may come anywhere in the loop, in another thread too; it makes no objects. It alone writes `head` and the ring, and the loop alone `tail`.
    In a full ring the newest edge gives way to what comes, and counts as lost: so the last one always arrives. With debounce an edge
    counts when no other came for that time, which is measured here: one that comes sooner takes the place of the one before.
    """

    owed = None  # when an edge was counted whose own interrupt may still come
    strange = None  # since when the level is not the last edge's, though no interrupt came

    def __init__(self, device, number, pin, edges, debounce):
        self.number = number
        self.pin = pin
        self.wanted = {"rising": 1, "falling": 2}.get(edges, 3)  # as IRQ_RISING, IRQ_FALLING
        self.debounce = debounce
        self.both = self.wanted == 3 or debounce > 0
        self.times = array("I", bytes(4 * _EDGES))
        self.ages = array("H", bytes(2 * _EDGES))  # when that was, to a minute: ticks_us() wraps
        self.missed = array("H", bytes(2 * _EDGES))
        self.levels = bytearray(_EDGES)
        self.head = 0  # of twice as many, so that full is not empty
        self.tail = 0
        self.lost = 0
        self.uptime = device.uptime
        self.level = pin.value()
        P = machine.Pin
        pin.irq(handler=self._edge, trigger=P.IRQ_RISING | P.IRQ_FALLING if self.both else P.IRQ_RISING if self.wanted == 1 else P.IRQ_FALLING)

    def _edge(self, pin):
        """The interrupt."""
        t = ticks_us() & _TICKS
        head = self.head
        i = (head - 1) & (_EDGES - 1)
        if head != self.tail and (t - self.times[i]) & _TICKS < self.debounce:
            self._put(i, t)
            if head != self.tail:
                return
            # Else the loop has just taken what this was to replace.
        elif (head - self.tail) & (2 * _EDGES - 1) == _EDGES:
            if self.missed[i] < 0xFFFF:
                self.missed[i] += 1
            self._put(i, t)
            return
        i = head & (_EDGES - 1)
        self.missed[i] = 0
        self._put(i, t)
        self.head = (head + 1) & (2 * _EDGES - 1)

    def _put(self, i, t):
        self.times[i] = t
        self.ages[i] = self.uptime.total >> 16 & 0xFFFF
        self.levels[i] = self.pin.value() if self.both else self.wanted & 1

    def serve(self, now):
        """Sends what may go; when it wants to be called again."""
        request = self.request
        while request.demand:
            if not request.ready():
                return ticks_add(now, 1)
            t = ticks_us()
            ms = self.uptime.now()
            lost = 0
            if self.head == self.tail:
                level = self.pin.value()
                if not self.both or level == self.level:
                    self.strange = None
                elif self.strange is None:
                    self.strange = now
                if self.strange is None or ticks_diff(now, self.strange) <= _SILENT_MS + self.debounce // 1000:
                    return ticks_add(now, _SERVE_MS)
                self.owed = now
            else:
                i = self.tail & (_EDGES - 1)
                at = self.times[i]
                after = (self.tail + 1) & (2 * _EDGES - 1)
                if self.debounce and after == self.head and (t - at) & _TICKS < self.debounce:
                    return ticks_add(now, _SERVE_MS)  # another may replace it
                t = at
                ms -= ((ms >> 16) - self.ages[i] & 0xFFFF) << 16
                level = self.levels[i]
                lost = self.missed[i]
                self.tail = after
                if self.both and not self.debounce:
                    # Levels alternate: where they do not, interrupts were lost.
                    if (level == self.level) == (lost & 1):
                        self.owed = None
                    elif self.owed is not None and not lost and ticks_diff(now, self.owed) < _SILENT_MS:
                        self.owed = None
                        continue
                    else:
                        lost += 1
                        self.owed = now
            self.strange = None
            self.lost += lost
            changed = level != self.level
            self.level = level
            if (changed or not self.debounce) and self.wanted >> 1 - level & 1:
                lost = self.lost
                self.lost = 0
                request.next((stamp(t, ms), level, lost))

    def close(self):
        self.pin.irq(handler=None)


def _watch(device, request, args):
    number, pin = known(args, 3)
    edges, debounce = args[1:3]
    check(edges in ("rising", "falling", "both"), "edges")
    check(is_int(debounce, 0, _DEBOUNCE_US_MAX), "debounce")
    for stream in pins.streams.all:
        if isinstance(stream, Watch) and stream.number == number:
            refuse(args[0], "is watched already")
    pins.streams.begin(request, Watch(device, number, pin, edges, debounce))


OPERATIONS[_OP_PIN_WATCH] = _watch
