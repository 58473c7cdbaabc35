"""Simulated pins: machine's Pin and PWM, and what tests do to them as `pins` of the bench. Loaded when one is first used.

An interrupt handler is called in the thread that changed the level: as on a board it meets the firmware anywhere.
"""

import _thread
import sys
from time import sleep_us, ticks_add, ticks_diff, ticks_us

_NUMBERS = bytes(range(20)) + bytes((21, 22, 23, 25, 26, 27)) + bytes(range(32, 40))  # those of an ESP32
_INPUT_ONLY = 34  # from this one on
_NAMES = {"LED": 2}
_CHANNELS = 16  # of PWM

_pads = {}
_lock = _thread.allocate_lock()  # one change at a time


class _Pad:
    """What one pin of the chip is set to, and what is wired to it."""

    def __init__(self):
        self.mode = 0
        self.pull = 0
        self.out = 0
        self.outside = None  # what somebody else drives it to
        self.wires = []
        self.seen = 0  # the level before
        self.handler = None
        self.trigger = 0
        self.pin = None
        self.pwm = None


def _pad(id):
    number = _NAMES.get(id, id)
    if isinstance(id, Pin):
        return id.pad
    if not isinstance(number, int) or not 0 <= number < 256 or number not in _NUMBERS:
        raise ValueError("invalid pin")
    if number not in _pads:
        _pads[number] = _Pad()
    return _pads[number]


def _number(pad):
    for number, other in _pads.items():
        if other is pad:
            return number


def _net(pad):
    """It, and all that are wired to it."""
    net = [pad]
    for one in net:
        for other in one.wires:
            if other not in net:
                net.append(other)
    return net


def _level(pad):
    net = _net(pad)
    for one in net:
        if one.mode & 2 and not (one.mode & 4 and one.out):
            return one.out
    for one in net:
        if one.outside is not None:
            return one.outside
    for one in net:
        if one.pull & 2:
            return 1
    return 0


def _changed(pad, silent=False):
    """After anything that may change levels; with the lock."""
    for one in _net(pad):
        level = _level(one)
        if level != one.seen:
            one.seen = level
            if one.handler and one.trigger & (1 if level else 2) and not silent:
                try:
                    one.handler(one.pin)
                except Exception as e:
                    sys.print_exception(e, sys.stderr)


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id, mode=None, pull=-1, value=None):
        self.pad = _pad(id)
        self.init(mode, pull, value)

    def init(self, mode=None, pull=-1, value=None):
        pad = self.pad
        with _lock:
            if value is not None:
                pad.out = 1 if value else 0
            if mode is not None:
                if mode & 2 and _number(pad) >= _INPUT_ONLY:
                    raise ValueError("pin can only be input")
                pad.mode = mode
            if pull != -1:
                pad.pull = pull or 0
            _changed(pad)

    def value(self, x=None):
        if x is None:
            return self.pad.seen
        with _lock:
            self.pad.out = 1 if x else 0
            _changed(self.pad)

    __call__ = value

    def irq(self, handler=None, trigger=3):
        with _lock:
            self.pad.pin = self
            self.pad.trigger = trigger
            self.pad.handler = handler

    def __repr__(self):
        return "Pin(%d)" % _number(self.pad)


class PWM:
    def __init__(self, pin, freq=5000, duty_u16=32768):
        self.pad = _pad(pin)
        if _number(self.pad) >= _INPUT_ONLY:
            raise ValueError("PWM not supported on pin %d" % _number(self.pad))
        if not self.pad.pwm and sum(1 for pad in _pads.values() if pad.pwm) >= _CHANNELS:
            raise ValueError("out of PWM channels")
        self.duty_u16(duty_u16)
        self.freq(freq)

    def freq(self, hertz=None):
        if hertz is None:
            return self.pad.pwm[0]
        if not 1 <= hertz <= 40000000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        self.pad.pwm = (hertz, self.duty)

    def duty_u16(self, duty=None):
        if duty is None:
            return self.duty
        self.duty = duty
        if self.pad.pwm:
            self.pad.pwm = (self.pad.pwm[0], duty)

    def deinit(self):
        self.pad.pwm = None


# What tests do


def drive(number, level, silent=False):
    """The outside drives a pin, or lets it go (None); silently: without an interrupt, as when MicroPython's queue of them is full."""
    with _lock:
        pad = _pad(number)
        pad.outside = None if level is None else 1 if level else 0
        _changed(pad, silent)


def level(number):
    """What a voltmeter shows."""
    return _pad(number).seen


def connect(out, into):
    """A wire between two pins."""
    with _lock:
        _pad(out).wires.append(_pad(into))
        _pad(into).wires.append(_pad(out))
        _changed(_pad(out))


def pwm(number):
    """Frequency and duty, or None."""
    return _pad(number).pwm


def edges(number, count, interval_us):
    """Toggles an input so many times, in a thread of its own."""
    _thread.start_new_thread(_toggle, (_pad(number), count, interval_us))


def _toggle(pad, count, interval_us):
    due = ticks_us()
    for _ in range(count):
        due = ticks_add(due, interval_us)
        while ticks_diff(due, ticks_us()) > 0:
            sleep_us(max(0, ticks_diff(due, ticks_us())))  # a collection of garbage wakes us
        with _lock:
            pad.outside = 1 - pad.seen
            _changed(pad)
