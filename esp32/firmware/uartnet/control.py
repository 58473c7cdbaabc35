"""Resets, the watchdog and reports of health (PROTOCOL.md, section 8)."""

import gc
import machine
try:
    import esp32
except ImportError:
    esp32 = None
from time import ticks_add, ticks_diff
from micropython import const

from . import info
from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS
from .streams import Streams

_OP_DEVICE_RESET = const(113)
_OP_DEVICE_WATCHDOG = const(114)
_OP_DEVICE_HEALTH = const(115)
_ERROR_BAD_REQUEST = const(2)

_ACKNOWLEDGED_MS = const(1000)  # how long the answer to DEVICE_RESET may take to arrive
_WATCHDOG_MS_MIN = const(1000)  # a TLS handshake or the erasing of flash may stop the loop for hundreds of ms
_WATCHDOG_MS_MAX = const(3600000)
_HEALTH_MS_MIN = const(100)
_HEALTH_MS_MAX = const(0x1FFFFFFF)

# As the ESP32's constants are numbered.
_RESETS = "?,power on,hard,watchdog,deep sleep,soft"

_control = None  # of the device


class _Control(Streams):
    watchdog = None
    timeout = 0  # ms, of the watchdog; 0: none
    reset_at = None  # at the latest
    hard = False

    def __init__(self, device):
        global _control
        super().__init__()
        _control = self
        self.device = device
        causes = _RESETS.split(",")
        cause = machine.reset_cause()
        self.cause = causes[cause] if 0 < cause < len(causes) else None
        device.about = self.about
        if device.board.config["watchdog"]:
            self.watch(device.board.config["watchdog"])

    def about(self):
        """For INFO: why it started, and how warm the chip is, degrees Celsius, where something says that."""
        read = getattr(esp32, "mcu_temperature", None)
        if read:
            warmth = float(read())
        else:
            read = getattr(esp32, "raw_temperature", None)  # the first ESP32's, degrees Fahrenheit
            warmth = read and (read() - 32) / 1.8
        return ("reset_reason", self.cause), ("temperature", warmth)

    def watch(self, timeout):
        self.watchdog = machine.WDT(timeout=timeout)
        self.timeout = timeout

    def tick(self, now):
        if self.watchdog:
            self.watchdog.feed()
        super().tick(now)
        if self.reset_at is not None:
            self.due = ticks_add(now, 2)
            device = self.device
            link = device.link
            waits = link.tag and (link.queue or link.outgoing.flight) or not device.board.sent()
            if not waits or ticks_diff(now, self.reset_at) >= 0:
                device.session_ended()  # what is cut short must not look whole
                # MicroPython cannot end a watchdog, and the next start would not feed this one.
                if self.hard or self.watchdog:
                    machine.reset()
                machine.soft_reset()


class _Health:
    """INFO each `interval` ms; one for which there is no demand is left out."""

    def __init__(self, device, interval):
        self.device = device
        self.interval = interval
        self.at = device.link.now

    def serve(self, now):
        if not self.request.demand:
            return None
        if ticks_diff(now, self.at) >= 0:
            if not self.request.ready():
                return ticks_add(now, 1)
            gc.collect()
            self.request.next(info.collect(self.device))
            self.at = ticks_add(self.at, self.interval)
            if ticks_diff(now, self.at) >= 0:
                self.at = ticks_add(now, self.interval)
        return self.at


def _reset(device, request, args):
    check(len(args) > 0 and isinstance(args[0], bool), "hard")
    _control.hard = args[0]
    _control.reset_at = ticks_add(device.link.now, _ACKNOWLEDGED_MS)
    _control.due = device.link.now
    request.done()


def _watchdog(device, request, args):
    check(len(args) > 0 and is_int(args[0], 0, _WATCHDOG_MS_MAX), "timeout")
    timeout = args[0]
    if 0 < timeout < _WATCHDOG_MS_MIN:
        raise Failure(_ERROR_BAD_REQUEST, "timeout: a watchdog of less than %d ms would bite while the device works" % _WATCHDOG_MS_MIN)
    if timeout:
        _control.watch(timeout)
    request.done((_control.timeout,))


def _health(device, request, args):
    check(len(args) > 0 and is_int(args[0], _HEALTH_MS_MIN, _HEALTH_MS_MAX), "interval")
    _control.begin(request, _Health(device, args[0]))


service = _Control
OPERATIONS[_OP_DEVICE_RESET] = _reset
OPERATIONS[_OP_DEVICE_WATCHDOG] = _watchdog
OPERATIONS[_OP_DEVICE_HEALTH] = _health
