"""The clock: read, set, and set by a time server without stopping the loop (RFC 5905: one query, half of its round trip allowed for)."""

import network
import socket
import struct
from machine import RTC
from os import urandom
from select import POLLIN
from time import gmtime, ticks_add, ticks_diff, ticks_us
from micropython import const

from . import dns, failure
from .channel import Channel
from .failure import Failure, check
from .msgpack import is_int
from .sockets import OPERATIONS, is_address

_OP_CLOCK_GET = const(80)
_OP_CLOCK_SET = const(81)
_OP_CLOCK_SYNC = const(82)
_ERROR_UNSUPPORTED = const(1)
_ERROR_TIMED_OUT = const(20)

_SERVER = "pool.ntp.org"
_PORT = const(123)
_AGAIN_MS = const(2000)  # a query may get lost; who asks more often may be refused for that
_MICROSECONDS = const(1000000)
_SET_US = const(60000000)  # that setting may take at most
_YEAR_2000 = const(946684800)
_YEAR_2100 = const(4102444800)
_NTP_1970 = const(2208988800)
_NTP_2024 = const(3913056000)  # what stands before that is of the era that begins in 2036
_DAY_MS = const(86400000)


def now():
    """Microseconds since 1970, as the clock has them."""
    year, month, day, _, hour, minute, second, us = RTC().datetime()
    if month < 3:
        month += 12
        year -= 1
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * _MICROSECONDS + us


def set_to(us):
    """Sets the clock, or leaves it as it was if the platform's does not go so far."""
    before = now()
    try:
        _put(us)
        if 0 <= now() - us < _SET_US:
            return
    except (OverflowError, ValueError, OSError):
        pass
    _put(before)
    raise Failure(_ERROR_UNSUPPORTED, "the clock of this platform does not go so far")


def _put(us):
    seconds = us // _MICROSECONDS
    if gmtime(0)[0] == 2000:
        seconds -= _YEAR_2000  # where a board's seconds begin
    year, month, day, hour, minute, second, weekday = gmtime(seconds)[:7]
    RTC().datetime((year, month, day, weekday, hour, minute, second, us % _MICROSECONDS))


class _Sync(Channel):
    """One CLOCK_SYNC: a name, its addresses in turn, an answer or the end of the time."""

    query = None

    def __init__(self, clock, request, ms):
        super().__init__(clock.device, None)
        self.clock = clock
        self.request = request
        request.cancel = self.cancel
        at = self.device.link.now
        self.deadline = ticks_add(at, ms)
        self.again = self.deadline
        clock.syncs.append(self)

    def begin(self, host):
        if isinstance(host, bytes):
            self.resolved((host,))
        else:
            self.query = self.device.resolver.resolve(host, 0, self.device.link.now, self.resolved, self.failed)

    def resolved(self, addresses):
        self.query = None
        self.addresses = list(addresses)
        try:
            self._ask()
        except OSError as e:
            self.broken(e)

    def _ask(self):
        """The next of the addresses, over and over."""
        self.free()
        self.again = ticks_add(self.device.link.now, _AGAIN_MS)
        address = self.addresses.pop(0)
        self.addresses.append(address)
        self.options = {}
        info = socket.getaddrinfo(dns.text(address), getattr(network, "NTP_PORT", _PORT), 0, socket.SOCK_DGRAM)[0]
        self.sock = socket.socket(info[0], socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.watch(POLLIN)
        self.stamp = urandom(8)  # that it is the answer to this question
        self.sent = ticks_us()
        self.sock.sendto(b"\x23" + bytes(39) + self.stamp, info[-1])

    def event(self, event):
        data = self.sock.recv(48)
        took = ticks_diff(ticks_us(), self.sent)
        # Of a server, not refused (stratum 0), by a clock that is in time itself.
        if len(data) < 48 or data[24:32] != self.stamp or data[0] & 7 != 4 or not 0 < data[1] < 16 or data[0] > 0xBF:
            return
        came, went = (_us(data, at) for at in (32, 40))
        us = went + max(0, took - (went - came)) // 2
        before = now()
        try:
            set_to(us)
        except Failure as e:
            self.failed(e)
            return
        self.cancel()
        self.clock.was_set = True
        self.request.done((us, True, us - before))

    def tick(self, at):
        if ticks_diff(at, self.deadline) >= 0:
            self.failed(Failure(_ERROR_TIMED_OUT, "no time server has answered in time"))
        elif not self.query and ticks_diff(at, self.again) >= 0:
            try:
                self._ask()
            except OSError as e:
                self.broken(e)

    def cancel(self):
        if self.query:
            self.device.resolver.cancel(self.query)
        self.free()
        if self in self.clock.syncs:
            self.clock.syncs.remove(self)

    def failed(self, reason):
        self.query = None
        self.cancel()
        self.request.fail(reason)

    def broken(self, e):
        self.failed(self.reason(e))


def _us(data, at):
    """Microseconds since 1970 of a time stamp."""
    seconds, fraction = struct.unpack_from("!II", data, at)
    if seconds < _NTP_2024:
        seconds += 1 << 32
    return (seconds - _NTP_1970) * _MICROSECONDS + (fraction * _MICROSECONDS >> 32)


class Clock:
    was_set = False
    due = None

    def __init__(self, device):
        self.device = device
        self.syncs = []
        self.start = self._start()

    def _start(self):
        """When this device has started, by its clock, in ms."""
        return now() // 1000 - self.device.uptime.now()

    def said(self):
        # Programs on the device set it, too, and TLS does: what moves so far has been set.
        if abs(self._start() - self.start) > _DAY_MS:
            self.was_set = True
        return now(), self.was_set

    def tick(self, at):
        if self.syncs:
            for sync in list(self.syncs):
                sync.tick(at)

    def clear(self):
        while self.syncs:
            self.syncs[-1].cancel()


_clock = None


def service(device):
    global _clock
    _clock = Clock(device)
    return _clock


def _get(device, request, args):
    request.done(_clock.said())


def _set(device, request, args):
    check(args and is_int(args[0], _YEAR_2000 * _MICROSECONDS, _YEAR_2100 * _MICROSECONDS), "microseconds: from 2000 to 2099")
    set_to(args[0])
    _clock.was_set = True
    request.done(_clock.said())


def _sync(device, request, args):
    check(len(args) > 1, "arguments")
    host, ms = args[:2]
    check(host is None or is_address(host) or isinstance(host, str) and host, "server")
    check(is_int(ms, 1, 600000), "timeout: 1 to 600000 ms")
    _Sync(_clock, request, ms).begin(_SERVER if host is None else host)


OPERATIONS[_OP_CLOCK_GET] = _get
OPERATIONS[_OP_CLOCK_SET] = _set
OPERATIONS[_OP_CLOCK_SYNC] = _sync
