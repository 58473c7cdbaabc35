"""The simulated board's clock: the PC's and an offset to it, which setting changes. With $UARTNET_RADIO it starts in 2000, as a board's does."""

import os
from time import gmtime, time_ns

offset = 0  # microseconds


def now():
    """Microseconds since 1970."""
    return time_ns() // 1000 + offset


def set(us):
    global offset
    offset = us - time_ns() // 1000


def _seconds(year, month, day, hour, minute, second):
    if month < 3:
        month += 12
        year -= 1
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
    return ((days * 24 + hour) * 60 + minute) * 60 + second


class RTC:
    def datetime(self, value=None):
        if value is None:
            seconds, us = divmod(now(), 1000000)
            t = gmtime(seconds)
            return t[:3] + (t[6],) + t[3:6] + (us,)
        set(_seconds(*value[:3], *value[4:7]) * 1000000 + value[7])


if os.getenv("UARTNET_RADIO"):
    set(946684800000000)
