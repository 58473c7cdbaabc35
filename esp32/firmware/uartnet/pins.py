"""Pins: digital in and out (PROTOCOL.md, section 8). What is set stays when the session ends."""

import machine
import sys
from time import ticks_us
from micropython import const

from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS
from .streams import Streams

_OP_PIN_OPEN = const(96)
_OP_PIN_READ = const(97)
_OP_PIN_WRITE = const(98)
_ERROR_UNSUPPORTED = const(1)
_ERROR_BAD_REQUEST = const(2)
_ERROR_NOT_ALLOWED = const(5)

_TICKS = const(0x3FFFFFFF)  # what ticks_us() counts to at least

_line = []  # numbers of the pins that lead to the host
_opened = {}  # by number: the pin, and its mode
pwms = {}  # by number, while they run
streams = None  # of the device
_start = None  # ticks_us() and uptime in ms at the same time


def refuse(name, why, code=_ERROR_BAD_REQUEST):
    raise Failure(code, "pin %s %s" % (name, why))


def find(name):
    """The number of a pin, of an int or the platform's name."""
    check(is_int(name, 0, 255) or isinstance(name, str), "pin")
    try:
        number = int(repr(machine.Pin(name))[4:-1])
    except ValueError:
        refuse(name, "is none of this board's")
    if number in _line:
        refuse(name, "is the line to the host", _ERROR_NOT_ALLOWED)
    return number


def options_of(options, names):
    check(isinstance(options, dict), "options")
    for name in options:
        if name not in names:
            raise Failure(_ERROR_UNSUPPORTED, "option " + str(name))


def known(args, n):
    """Number and pin of an open one, the first of n arguments."""
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
    request.done((known(args, 1)[1].value(),))


def _write(device, request, args):
    number, pin = known(args, 2)
    check(args[1] in (0, 1), "level")
    if _opened[number][1] == "in":
        refuse(args[0], "has been opened as an input")
    pin.value(args[1])
    request.done()


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
