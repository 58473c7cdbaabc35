"""Simulated resets and watchdog: the process becomes a new one of the same id, which keeps the line to the host. Loaded when one is first used.

The next life finds in the environment: $UARTNET_RESETS, every cause so far, comma between them; $UARTNET_LINE, the line's descriptors and its name (opening.py).
"""

import _thread
import ffi
import os
import struct
import sys
import uctypes
from micropython import const
from time import sleep_ms, ticks_diff, ticks_ms

_F_SETFD = const(2)
_FD_CLOEXEC = const(1)
_DESCRIPTORS = const(1024)

_libc = ffi.open(None)
_fcntl = _libc.func("i", "fcntl", "iii")
_execv = _libc.func("i", "execv", "sP")


def _arguments():
    """Those of this process: their memory, and where in it each begins."""
    with open("/proc/self/cmdline", "rb") as f:
        line = f.read()
    starts = [0]
    for at in range(len(line) - 1):
        if not line[at]:
            starts.append(at + 1)
    base = uctypes.addressof(line)
    return line, struct.pack("%dP" % (len(starts) + 1), *([base + at for at in starts] + [0]))


_memory, _argv = _arguments()  # now: a watchdog has to do without memory


def _restart(cause):
    said = os.getenv("UARTNET_RESETS")
    os.putenv("UARTNET_RESETS", said + "," + cause if said else cause)
    kept = os.getenv("UARTNET_LINE").split(",")
    for fd in range(3, _DESCRIPTORS):
        if str(fd) not in kept[:2]:
            _fcntl(fd, _F_SETFD, _FD_CLOEXEC)
    _execv("/proc/self/exe", _argv)
    raise OSError(os.errno())


def reset():
    _restart("hard")


def soft_reset():
    _restart("soft")


def resets():
    """Every reset so far."""
    said = os.getenv("UARTNET_RESETS")
    return said.split(",") if said else []


class WDT:
    """As on a board it cannot be stopped, only be given another time."""

    running = None

    def __init__(self, id=0, timeout=5000):
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        started = WDT.running
        WDT.running = self
        self.timeout = timeout
        self.feed()
        if not started:
            _thread.start_new_thread(_guard, ())

    def feed(self):
        self.fed = ticks_ms()


def _guard():
    while True:
        left = WDT.running.timeout - ticks_diff(ticks_ms(), WDT.running.fed)
        if left <= 0:
            try:
                _restart("watchdog")
            except Exception as e:
                sys.print_exception(e, sys.stderr)
        sleep_ms(max(left, 1))
