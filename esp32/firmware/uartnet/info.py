"""What the device says of itself."""

import gc
import sys
from time import ticks_add, ticks_diff, ticks_ms

from . import VERSION


class Uptime:
    """Milliseconds since start, beyond the wrap of ticks_ms(); now() has to be called at least once a day."""

    def __init__(self):
        self.total = 0
        self.last = ticks_ms()

    def now(self):
        passed = ticks_diff(ticks_ms(), self.last)
        self.last = ticks_add(self.last, passed)
        self.total += passed
        return self.total


def collect(device):
    c = device.link.counters
    return {
        "firmware": VERSION,
        "protocol": "1.0",
        "platform": device.board.platform,
        "python": "%d.%d.%d" % sys.implementation.version[:3],
        "boot_id": device.link.boot_id,
        "uptime_ms": device.uptime.now(),
        "heap_free": gc.mem_free(),
        "heap_used": gc.mem_alloc(),
        "channels": len(device.channels),
        "channels_max": device.board.channels_max,
        "frames_damaged": c.damaged,
        "frames_stale": c.stale,
        "gaps": c.gaps,
    }
