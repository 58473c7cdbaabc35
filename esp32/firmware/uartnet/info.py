"""What the device says of itself."""

import gc
import sys
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from . import VERSION
from .msgpack import Overflow, Writer, cut

_PROBLEM_BYTES = const(80)
_ANSWER_BYTES = const(5)  # of a RESPONSE or a NEXT with one value, without that value
_COUNTERS = ("frames", "damaged", "stale", "dropped", "duplicates", "gaps", "retransmits", "timeouts")


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


def fit(link, items):
    """The map of these pairs that fits an answer: of the least important there may be no room for some. What is None is left out."""
    w = Writer(link.out)  # nothing is being written between two messages
    w.limit = min(link.max_payload - _ANSWER_BYTES, len(w.buf)) - 3  # the map's head
    said = {}
    for key, value in items:
        if value is not None:
            at = w.pos
            try:
                w.put(key)
                w.put(value)
            except Overflow:
                w.pos = at  # what comes may be shorter
                continue
            said[key] = value
    return said


def collect(device):
    c = device.link.counters
    board = device.board
    items = (
        ("firmware", VERSION),
        ("protocol", "1.0"),
        ("address", board.network_state()),
        ("problem", board.problem and cut(board.problem, _PROBLEM_BYTES)),
        ("boot_id", device.link.boot_id),
        ("heap_free", gc.mem_free()),
        ("heap_used", gc.mem_alloc()),
        ("channels", len(device.channels)),
        ("channels_max", board.channels_max),
        ("uptime_ms", device.uptime.now()),
        ("platform", board.platform),
        ("dns", board.dns_servers()),
        ("allow", board.allow),
    ) + (device.about() if device.about else ()) + (
        ("python", "%d.%d.%d" % sys.implementation.version[:3]),
        ("sockets", device.counted),
        ("link", {name: getattr(c, name) for name in _COUNTERS}),
    )
    return fit(device.link, items)
