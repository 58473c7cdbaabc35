"""A start for trial, where the configuration asks for more or less memory than usual. Only such a start needs this."""

import gc
import sys
from micropython import const

from . import start
from .device import Device

_LEAST_BYTES = const(2500)  # that a start has to leave, to serve with


def run(board, unusual, reserve):
    """Gives the board the usual sizes if it does not start with those of its configuration. unusual: the usual ones of those that differ. reserve: see main.py."""
    size = len(reserve[0])
    reserve[0] = None
    modules = board.modules
    board.modules = ()
    if not _starts(board):
        board.problem = "not enough memory for %s: as usual instead" % ", ".join(sorted(unusual))
        board.config.update(unusual)
        unusual.clear()
        board.fit()
    board.modules = modules
    gc.collect()
    try:
        reserve[0] = bytearray(size)
    except MemoryError:
        reserve[0] = b""


def _starts(board):
    gc.collect()
    try:
        start.make_room(Device(board))
        gc.collect()
        return gc.mem_free() >= (_LEAST_BYTES if sys.maxsize < 1 << 32 else 2 * _LEAST_BYTES)
    except MemoryError:
        return False
