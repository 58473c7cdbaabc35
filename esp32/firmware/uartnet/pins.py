"""Pins: digital in and out, and edges (PROTOCOL.md, section 8); analog.py has the rest. What is set stays when the session ends."""

import machine
import sys
from array import array
from time import ticks_add, ticks_diff, ticks_us
from micropython import const

from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS
from .streams import Streams

_OP_PIN_OPEN = const(96)
_OP_PIN_READ = const(97)
_OP_PIN_WRITE = const(98)
_OP_PIN_WATCH = const(99)
_ERROR_UNSUPPORTED = const(1)
_ERROR_BAD_REQUEST = const(2)
_ERROR_NOT_ALLOWED = const(5)

_EDGES = const(64)  # that wait for the host
_TICKS = const(0x3FFFFFFF)  # what ticks_us() counts to at least
_DEBOUNCE_US_MAX = const(60000000)
_SERVE_MS = const(5)  # how long an edge waits for the loop
_SILENT_MS = const(40)  # how long the level may be another than the last edge's before we know that its interrupt was lost

_line = []  # numbers of the pins that lead to the host
_opened = {}  # by number: the pin, and its mode
pwms = {}  # by number, while they run
streams = None  # of the device
_start = None  # ticks_us() and uptime in ms at the same time


def find(name):
    """The number of a pin, as int or as the platform's name."""
    check(is_int(name, 0, 255) or isinstance(name, str), "pin")
    try:
        number = int(repr(machine.Pin(name))[4:-1])
    except ValueError:
        raise Failure(_ERROR_BAD_REQUEST, "pin %s: this board has none of that name" % name)
    if number in _line:
        raise Failure(_ERROR_NOT_ALLOWED, "pin %s is the line to the host" % name)
    return number


def refuse(name, why):
    raise Failure(_ERROR_BAD_REQUEST, "pin %s %s" % (name, why))


def options_of(options, names):
    check(isinstance(options, dict), "options")
    for name in options:
        if name not in names:
            raise Failure(_ERROR_UNSUPPORTED, "option " + str(name))


def _known(args, n):
    check(len(args) >= n, "arguments")
    number = find(args[0])
    if number not in _opened:
        refuse(args[0], "has not been opened")
    return number, _opened[number][0]


def _open(device, request, args):
    check(len(args) > 2, "arguments")
    name, mode, options = args[:3]
    number = find(name)
    options_of(options, ("pull", "value"))
    check(mode in ("in", "out", "open_drain"), "mode")
    pull = options.get("pull")
    check(pull in (None, "up", "down"), "pull")
    Pin = machine.Pin
    more = {}
    if options.get("value") is not None:
        check(options["value"] in (0, 1), "value")
        more["value"] = options["value"]
    if number in pwms:
        pwms.pop(number).deinit()
    try:
        pin = Pin(
            number,
            Pin.IN if mode == "in" else Pin.OUT if mode == "out" else Pin.OPEN_DRAIN,
            Pin.PULL_UP if pull == "up" else Pin.PULL_DOWN if pull else None,
            **more,
        )
    except ValueError as e:
        refuse(name, "cannot be %s: %s" % (mode, e))
    _opened[number] = pin, mode
    request.done((pin.value(),))


def _read(device, request, args):
    request.done((_known(args, 1)[1].value(),))


def _write(device, request, args):
    number, pin = _known(args, 2)
    check(args[1] in (0, 1), "level")
    if _opened[number][1] == "in":
        refuse(args[0], "has been opened as an input")
    pin.value(args[1])
    request.done()


class Watch:
    """The edges of one pin: a ring that the interrupt fills and the loop empties.

    The interrupt may come anywhere in the loop, in another thread too, and allocates nothing; it alone writes `head` and the ring, and the loop alone `tail`.
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
        level = pin.value() if self.both else self.wanted & 1
        head = self.head
        waiting = (head - self.tail) & (2 * _EDGES - 1)
        i = (head - 1) & (_EDGES - 1)
        bounces = waiting and (t - self.times[i]) & _TICKS < self.debounce
        if bounces or waiting == _EDGES:
            self.times[i] = t
            self.levels[i] = level
            if not bounces:
                if self.missed[i] < 0xFFFF:
                    self.missed[i] += 1
                return
            if head != self.tail:
                return
            # Else the loop has just taken what we replaced.
        i = head & (_EDGES - 1)
        self.times[i] = t
        self.ages[i] = self.uptime.total >> 16 & 0xFFFF
        self.levels[i] = level
        self.missed[i] = 0
        self.head = (head + 1) & (2 * _EDGES - 1)

    def serve(self, now):
        """Sends what may go; when it wants to be called again."""
        request = self.request
        while request.demand:
            if not request.ready():
                return ticks_add(now, 1)
            item = self._take(now)
            if not item:
                return ticks_add(now, _SERVE_MS)
            request.next(item)
        return None

    def _take(self, now):
        while self.head != self.tail:
            i = self.tail & (_EDGES - 1)
            t = self.times[i]
            if self.debounce and (self.tail + 1) & (2 * _EDGES - 1) == self.head and (ticks_us() - t) & _TICKS < self.debounce:
                return None  # another may replace it
            level = self.levels[i]
            lost = self.missed[i]
            ms = self.uptime.now()
            ms -= ((ms >> 16) - self.ages[i] & 0xFFFF) << 16
            self.tail = (self.tail + 1) & (2 * _EDGES - 1)
            self.strange = None
            if self._counts(level, lost, now):
                lost = self.lost
                self.lost = 0
                return stamp(t, ms), level, lost
        if self.both and self.pin.value() != self.level:
            if self.strange is None:
                self.strange = now
            elif ticks_diff(now, self.strange) > _SILENT_MS + self.debounce // 1000:
                self.strange = None
                self.level ^= 1
                self.owed = now
                if self.wanted & (1 if self.level else 2):
                    return stamp(ticks_us(), self.uptime.now()), self.level, 0
        else:
            self.strange = None
        return None

    def _counts(self, level, lost, now):
        """True if this is an edge for the host. Levels alternate: where they do not, interrupts were lost."""
        self.lost += lost
        if not self.both:
            return True
        same = level == self.level
        self.level = level
        if self.debounce:
            return not same and self.wanted & (1 if level else 2)
        if same != bool(lost & 1):
            if self.owed is not None and not lost and ticks_diff(now, self.owed) < _SILENT_MS:
                self.owed = None
                return False
            self.lost += 1
            self.owed = now
        else:
            self.owed = None
        return True

    def close(self):
        self.pin.irq(handler=None)


def _watch(device, request, args):
    number, pin = _known(args, 3)
    edges, debounce = args[1:3]
    check(edges in ("rising", "falling", "both"), "edges")
    check(is_int(debounce, 0, _DEBOUNCE_US_MAX), "debounce")
    for stream in streams.all:
        if isinstance(stream, Watch) and stream.number == number:
            refuse(args[0], "is watched already")
    streams.begin(request, Watch(device, number, pin, edges, debounce))


def stamp(t, ms):
    """Microseconds since boot of a reading of ticks_us() at about that uptime."""
    at, since = _start
    t = (t - at) & _TICKS
    return since * 1000 + t + (((ms - since) * 1000 - t + (_TICKS >> 1)) // (_TICKS + 1)) * (_TICKS + 1)


def service(device):
    global streams, _start
    streams = Streams()
    _start = ticks_us() & _TICKS, device.uptime.now()
    _line.clear()
    uart = repr(device.board.uart)
    for name in ("tx=", "rx=", "rts=", "cts="):
        at = uart.find(name) + len(name)
        if at >= len(name) and uart[at] != "-":
            _line.append(int(uart[at:].split(",")[0].rstrip(")")))
    if device.board.config["uart"] == "usb":
        chip = sys.implementation[2]
        _line.extend((18, 19) if "C3" in chip else (12, 13) if "C6" in chip else (19, 20))
    return streams


OPERATIONS[_OP_PIN_OPEN] = _open
OPERATIONS[_OP_PIN_READ] = _read
OPERATIONS[_OP_PIN_WRITE] = _write
OPERATIONS[_OP_PIN_WATCH] = _watch
