"""MicroPython's qemu port has no clock: this is the board's timer (CMSDK, 25 MHz, counts down)."""

from array import array
from micropython import const

_PERIOD_HALF = const(0x20000000)

_state = array("i", (0, 0, 0))  # the timer when last read; its ticks that are no whole ms; ms


@micropython.viper
def _begin():
    timer = ptr32(0x40000000)
    timer[2] = -1  # reload
    timer[1] = -1
    timer[0] = 1


@micropython.viper
def _read(state: ptr32) -> int:
    now = int(ptr32(0x40000004)[0])
    passed = ((state[0] - now) & 0x3FFFFFFF) + state[1]
    state[0] = now
    ms = passed // 25000
    state[1] = passed - 25000 * ms
    state[2] = (state[2] + ms) & 0x3FFFFFFF
    return state[2]


def ticks_ms():
    """To be called at least every 40 s."""
    return _read(_state)


def ticks_add(ticks, delta):
    return (ticks + delta) & 0x3FFFFFFF


def ticks_diff(end, start):
    return ((end - start + _PERIOD_HALF) & 0x3FFFFFFF) - _PERIOD_HALF


def sleep_ms(ms):
    until = ticks_add(ticks_ms(), ms)
    while ticks_diff(until, ticks_ms()) > 0:
        pass


_begin()
_read(_state)
_state[2] = 0
