"""The groups of operations that are loaded where /uartnet.json allows them and the heap has room. Only the start needs this."""

import gc
import sys
from micropython import const

import uartnet
from .sockets import OPERATIONS

_FEATURE_OBJECTS = const(32)
_OP_DEVICE_RESET = const(113)
_OP_DEVICE_WATCHDOG = const(114)
_ERROR_NOT_ALLOWED = const(5)
_ERROR_NO_RESOURCES = const(6)

# Word of "allow", its modules, those of which have service(device) that are to have a place in the loop, and its first and last operation; in the order in which memory is given to them.
_GROUPS = (
    ("wifi", ("joining", "attempt", "networks", "station", "wifi"), 64, 70),
    ("clock", ("clock",), 80, 82),
    ("pins", ("pins", "edges", "analog"), 96, 102),
    ("device", ("events", "control"), 113, 115),
    ("files", ("secrets", "writing", "files"), 116, 119),
    ("objects", ("calls", "blobs", "events", "handles", "objects", "remote"), 32, 45),
)
_LEFT_BYTES = const(8000)  # of the heap, beside what is reserved for the buffers, with which a group may be loaded


def _refuse(board, code, text, first, last):
    for op in range(first, last + 1):
        OPERATIONS.pop(op, None)
    board.refusals.append((first, last, code, text))


def _not_allowed(board, words, first, last):
    _refuse(board, _ERROR_NOT_ALLOWED, words + ' in "allow" of /uartnet.json', first, last)


def _wanted(board, word):
    if word == "objects":
        groups = [group[0] for group in _GROUPS]
        return any(word not in groups for word in board.allow)  # "exec", or the name of a module
    return word == "device" or board.allows(word)  # what says how the device is nobody has to allow


def _load(names):
    """These modules; None if they find no room."""
    loaded = []
    least = _LEFT_BYTES if sys.maxsize < 1 << 32 else 2 * _LEFT_BYTES
    gc.collect()
    try:
        if gc.mem_free() > least:
            for name in names:
                if "uartnet." + name not in sys.modules:
                    loaded.append(name)
                __import__("uartnet." + name)
                gc.collect()
            return [getattr(uartnet, name) for name in names]
    except MemoryError:
        pass
    for name in loaded:
        if sys.modules.pop("uartnet." + name, None):
            delattr(uartnet, name)
    gc.collect()


def load(board):
    """Loads the groups that the board's configuration allows; the others' operations are refused in words."""
    for word, names, first, last in _GROUPS:
        if _wanted(board, word):
            try:
                modules = _load(names)
            except ImportError:
                continue  # not for this platform: unsupported
            if not modules:
                _refuse(board, _ERROR_NO_RESOURCES, "too little memory for %s beside %d channels: set fewer" % (word, board.channels_max), first, last)
                continue
            board.modules.extend([m for m in modules if hasattr(m, "service") and m not in board.modules])
            if word == "objects":
                board.features |= _FEATURE_OBJECTS
            if word == "device" and not board.allows(word):
                _not_allowed(board, "device is not", _OP_DEVICE_RESET, _OP_DEVICE_WATCHDOG)
        else:
            _not_allowed(board, "no module and no exec is" if word == "objects" else word + " is not", first, last)
